package grant

import (
	"context"

	"authctl/internal/endpoint"
	"authctl/internal/secret"
)

// DeviceCode asks whether a person has logged in elsewhere (RFC 8628 3.4).
type DeviceCode struct {
	Code     secret.Text
	Verifier secret.Text // of the code_challenge that the code was asked for with
}

// Name is device_code.
func (DeviceCode) Name() string { return "device_code" }

// Apply adds the grant's parameters; the scope was said when the code was asked for.
func (g DeviceCode) Apply(_ context.Context, r *endpoint.Request) error {
	setType(g, r)
	r.SetSecret("device_code", g.Code)
	if !g.Verifier.IsZero() {
		r.SetSecret("code_verifier", g.Verifier) // RFC 7636 4.5, as Keycloak wants it here too
	}
	return nil
}
