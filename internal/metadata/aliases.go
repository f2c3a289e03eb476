package metadata

import "authctl/internal/profile"

// Aliases are the endpoints of a server that asks for client certificates at
// other addresses (RFC 8705 5, mtls_endpoint_aliases); "" where it has none.
type Aliases struct{ Token, PAR, Device, Revocation string }

func (a Aliases) all() []string { return []string{a.Token, a.PAR, a.Device, a.Revocation} }

// aliased is e as the client of p reaches it. A client that authenticates by
// TLS uses the alias of every endpoint at which it authenticates (RFC 8705 5).
// One that only has its tokens bound to a certificate needs it where tokens are
// handed in or out; what else it sends proves itself without TLS.
func (e Endpoints) aliased(p *profile.Profile) Endpoints {
	if p.TLS.ClientCertificate.IsZero() {
		return e
	}
	published := e.Token
	use(&e.Token, e.Aliases.Token)
	use(&e.Revocation, e.Aliases.Revocation)
	if p.Client.Method().MutualTLS() {
		use(&e.PAR, e.Aliases.PAR)
		use(&e.Device, e.Aliases.Device)
	}
	if e.Token != published {
		e.published = published
	}
	return e
}

func use(to *string, alias string) {
	if alias != "" {
		*to = alias
	}
}
