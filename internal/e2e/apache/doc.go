// Package apache runs Apache httpd with TLS 1.2, which asks for a client certificate
// by renegotiation when it has seen the path. It needs the build tag e2e.
package apache
