// Package login asks a person: the authorization code flow with PKCE in the
// browser (RFC 6749 4.1, RFC 7636, RFC 8252) with pushed requests (RFC 9126)
// and the issuer in the answer (RFC 9207). It builds the authorize URL, waits
// for the redirect on a loopback address or for a pasted one, and hands the
// code to whoever redeems it. It sends no token request itself and keeps
// nothing: state, nonce and verifier live in one Flow and die with it.
package login
