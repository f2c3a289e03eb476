// Package nginx puts a real nginx before a server, for clients that authenticate
// by certificate (RFC 8705). It needs the build tag e2e.
package nginx
