// Package clientauth proves to an authorization server who the client is: one
// file per client authentication method (RFC 6749 2.3, RFC 7523, RFC 8705).
package clientauth
