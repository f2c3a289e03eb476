// Package person plays whoever logs in: it reads the address that authctl
// prints and goes through the server's forms as a browser without scripts would.
// It needs the build tag e2e.
package person
