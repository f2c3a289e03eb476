// Package fosite runs authctl against ory/fosite, a library for authorization
// servers that nobody of this project wrote, with its own checks of an
// assertion's issuer, key, times and jti (RFC 7523 3). The server is a module
// of its own (server/). Its tests need the build tag e2e.
package fosite
