// Package login tests login-pkce and login-device in a real browser, against
// the sandbox and against an independent OpenID Provider. It needs the build
// tag e2e.
package login
