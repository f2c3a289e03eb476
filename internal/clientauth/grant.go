package clientauth

import (
	"context"
	"io"
	"strings"
	"time"

	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// NewGrant is the JWT that is a grant itself (RFC 7523 2.1), signed with key as
// p.GrantAssertion says.
func NewGrant(p *profile.Profile, key *keys.Key, at Server, now time.Time, rand io.Reader) (string, error) {
	a := p.GrantAssertion
	if a == nil {
		return "", fault.New(fault.Config, "the profile signs no grant: it has no grant_assertion").
			Hint("docs/profiles.md lists its fields")
	}
	claims := map[string]any{"iss": p.IssuedBy(&a.Assertion)}
	switch a.Subject {
	case "none", "":
	case "client_id":
		claims["sub"] = p.Client.ID
	default:
		claims["sub"] = a.Subject
	}
	if a.Scope == "claim" && len(p.Scopes) > 0 {
		claims["scope"] = strings.Join(p.Scopes, " ")
	}
	j := jws{"grant_assertion", "the grant's assertion", p.GrantKey().Path, &a.Assertion, claims}
	return j.sign(key, at, now, rand)
}

// Grant is NewGrant with the key that the profile names.
func Grant(ctx context.Context, d Deps, p *profile.Profile, at Server) (secret.Text, error) {
	key, err := GrantKey(ctx, d.Secrets, p)
	if err != nil {
		return secret.Text{}, err
	}
	text, err := NewGrant(p, key, at, d.Now(), d.Rand)
	return secret.New(text), err
}

// GrantKey loads the key that signs the grant. client.certificate is of
// client.key: a key of its own brings its certificate in its file.
func GrantKey(ctx context.Context, s secret.Resolver, p *profile.Profile) (*keys.Key, error) {
	if at := p.GrantKey(); at.Path != profile.ClientKey {
		return load(ctx, s, p, at)
	}
	return ClientKey(ctx, s, p)
}
