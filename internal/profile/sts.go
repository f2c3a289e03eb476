package profile

import (
	"time"

	"authctl/internal/secret"
)

// STS is a security token service, which gives the SAML assertion that is exchanged
// for a token to the holder of a certificate (WS-Trust 1.3, 4.1).
type STS struct {
	URL       string     // "": the profile has none
	Protocol  string     // see STSProtocols
	AppliesTo string     // the service that the assertion is for
	Claims    []STSClaim // what the assertion shall say
	Dialect   string     // of the claims, see STSDialects
	KeyType   string     // see STSKeyTypes
	UseKey    string     // how the certificate is named in the request, see STSUseKeys
	Lifetime  time.Duration

	Key           secret.Ref // zero: client.key
	KeyPassphrase secret.Ref // zero: client.key_passphrase
	Certificate   secret.Ref // zero: client.certificate, else that of a key file that has one
	// SigningCertificates are those that the assertion may be signed with; none: TLS vouches for it.
	SigningCertificates []secret.Ref

	Asked string // what a call asked for in place of Claims, for a person; "": nothing
}

// STSClaim is one claim that is asked for. Its value is text: a number may begin with 0.
type STSClaim struct{ Name, Value string }

// The values of sts.protocol.
const (
	SOAP12   = "soap12"    // a signed SOAP 1.2 message
	SOAP11   = "soap11"    // a signed SOAP 1.1 message
	MTLSJSON = "mtls-json" // JSON over mutual TLS, unsigned: KOMBIT's own
)

// STSProtocols are the values of sts.protocol.
func STSProtocols() []string { return []string{SOAP12, SOAP11, MTLSJSON} }

// STSDialects are the values of sts.claims_dialect: WS-Federation's authorization
// claims (WS-Federation 1.2, 9) and those of the identity metasystem.
func STSDialects() []string { return []string{"authclaims", "identity"} }

// STSKeyTypes are the values of sts.key_type: an assertion for the holder of a key
// (WS-Trust 1.3, 4.4), or for whoever bears it.
func STSKeyTypes() []string { return []string{"public_key", "bearer"} }

// STSUseKeys are the values of sts.use_key.
func STSUseKeys() []string { return []string{"binary_security_token", "x509_data", "none"} }

// DefaultSTS is an sts block that says nothing.
func DefaultSTS() STS {
	return STS{Protocol: SOAP12, Dialect: "authclaims", KeyType: "public_key", UseKey: "binary_security_token"}
}

// AsksSTS is true where an exchange gets its subject token from the profile's security
// token service: it has one, and no other place for a subject token than stdin.
func (p *Profile) AsksSTS() bool {
	from := p.Exchange.SubjectToken
	return p.STS.URL != "" && (from.IsZero() || from.Path == "-")
}

// GrantFromSTS is true where the profile's own grant is of such an assertion: its
// exchange (RFC 8693), or itself as the grant (RFC 7522).
func (p *Profile) GrantFromSTS() bool {
	g := p.GrantType()
	return p.AsksSTS() && g.Trades && !g.Signs
}

// STSKey is the key that the request to the STS is signed with, and STSCertificate
// its certificate, each with its place in the profile.
func (p *Profile) STSKey() RefAt {
	return firstRef(RefAt{"sts.key", p.STS.Key}, RefAt{"client.key", p.Client.Key})
}

// STSCertificate is the certificate that names the client to the STS; its zero Ref: that of STSKey's file.
func (p *Profile) STSCertificate() RefAt {
	own := RefAt{"sts.certificate", p.STS.Certificate}
	if !p.STS.Key.IsZero() {
		return own // a key of its own has a certificate of its own
	}
	return firstRef(own, RefAt{"client.certificate", p.Client.Certificate})
}

// STSKeyPassphrase is of an encrypted STSKey.
func (p *Profile) STSKeyPassphrase() RefAt {
	own := RefAt{"sts.key_passphrase", p.STS.KeyPassphrase}
	if !p.STS.Key.IsZero() {
		return own
	}
	return firstRef(own, RefAt{"client.key_passphrase", p.Client.KeyPassphrase})
}

func firstRef(first, then RefAt) RefAt {
	if first.Ref.IsZero() {
		return then
	}
	return first
}
