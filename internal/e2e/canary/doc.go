//go:build e2e

// Package canary puts a value that occurs nowhere else into the place of every
// secret, drives every command and many failures under strace, and looks for
// the values where no secret may be.
package canary
