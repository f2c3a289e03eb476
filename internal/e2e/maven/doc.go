// Package maven builds the Java servers that the end-to-end tests have of their own.
// It needs the build tag e2e.
package maven
