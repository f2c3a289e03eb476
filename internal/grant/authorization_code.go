package grant

import (
	"context"

	"authctl/internal/endpoint"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// AuthorizationCode redeems what a login in the browser brought (RFC 6749
// 4.1.3) with the PKCE verifier (RFC 7636 4.5). A code is good for one request.
type AuthorizationCode struct {
	Profile     *profile.Profile
	Code        secret.Text
	Verifier    secret.Text
	RedirectURI string // identical to that of the authorization request
}

// Name is authorization_code.
func (AuthorizationCode) Name() string { return "authorization_code" }

// Apply adds the grant's parameters. scope is no parameter of RFC 6749 4.1.3,
// but some servers want it again and the others ignore it; request.omit drops it.
// Of several resources none is named: the code is for all of them, and a server
// may give a token for one at a time only (RFC 8707 2.2). Nor are the authorization
// details, which are as they were granted where none are named (RFC 9396 6).
func (g AuthorizationCode) Apply(_ context.Context, r *endpoint.Request) error {
	setType(g, r)
	r.SetSecret("code", g.Code)
	r.Set("redirect_uri", g.RedirectURI)
	r.SetSecret("code_verifier", g.Verifier)
	Target(g.Profile, r)
	granted := []string{"authorization_details"}
	if len(g.Profile.Resource) > 1 {
		granted = append(granted, "resource")
	}
	r.Omit(granted)
	return nil
}
