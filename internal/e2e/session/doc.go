//go:build e2e

// Package session runs many authctl processes on one session whose refresh
// token is good for one use, and kills some of them: what must never be lost
// or asked twice is counted at the server.
package session
