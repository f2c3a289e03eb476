package clientauth

import (
	"context"

	"authctl/internal/endpoint"
	"authctl/internal/profile"
)

// public only names the client: a public client (RFC 6749 3.2.1), or one whose
// proof is its TLS certificate, which the transport presents (RFC 8705 2).
type public struct{ p *profile.Profile }

func (a public) Authenticate(_ context.Context, r *endpoint.Request) error {
	if a.p.Client.ID != "" { // an assertion grant may stand without a client (RFC 7521 4.1)
		r.Set("client_id", a.p.Client.ID)
	}
	return nil
}
