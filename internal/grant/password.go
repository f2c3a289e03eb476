package grant

import (
	"context"

	"authctl/internal/endpoint"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// Password hands in a person's own name and password (RFC 6749 4.3.2), and the
// code of a second factor where the server has asked for one.
type Password struct {
	Profile  *profile.Profile
	Username string
	Password secret.Text
	Code     secret.Text // in login.mfa_param; zero: none
}

// Name is password.
func (Password) Name() string { return "password" }

// Apply adds the grant's parameters.
func (g Password) Apply(_ context.Context, r *endpoint.Request) error {
	setType(g, r)
	r.Set("username", g.Username)
	r.SetSecret("password", g.Password)
	if !g.Code.IsZero() {
		r.SetSecret(g.Profile.Login.MFAParam, g.Code)
	}
	Target(g.Profile, r)
	return nil
}
