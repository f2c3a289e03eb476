// Package inspect shows people what a token is: a signed JWT, an encrypted
// one, an opaque token, a SAML assertion, or a whole token response. It
// believes nothing that it shows; verifying is internal/jwt's.
package inspect
