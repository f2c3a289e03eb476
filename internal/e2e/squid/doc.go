// Package squid runs authctl through a real squid as CONNECT proxy: open to
// all, with credentials, and where it refuses (build tag e2e).
package squid
