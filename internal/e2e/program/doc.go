// Package program runs the built authctl for end-to-end tests, in a home of its
// own. It needs the build tag e2e.
package program
