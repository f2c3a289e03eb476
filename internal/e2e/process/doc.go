// Package process runs the servers that the end-to-end tests need, each in a
// process group of its own that is ended for certain. It needs the build tag e2e.
package process
