package rotation

import (
	"context"
	"io"

	"authctl/internal/clientauth"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// Deps is what a change of keys needs from outside.
type Deps struct {
	Secrets Secrets
	Rand    io.Reader
	Home    func(path string) string // replaces a leading ~/
	// Lock lets one process at a time change the items of a keyring, which an item
	// of the same name would be written over. nil: nobody else is there.
	Lock func(ctx context.Context, profile, name string) (unlock func(), err error)
	// Try gets a token by the profile's own grant, and keeps nothing.
	Try func(ctx context.Context, p *profile.Profile) error
}

// load is the key that p signs with.
func (d *Deps) load(ctx context.Context, p *profile.Profile) (*keys.Key, error) {
	if signing(p).Path == profile.ClientKey {
		return clientauth.ClientKey(ctx, d.Secrets, p)
	}
	return clientauth.GrantKey(ctx, d.Secrets, p)
}

// alone holds the lock of a keyring's items; of two files one is refused by its name.
func (d *Deps) alone(ctx context.Context, l *place) (unlock func(), err error) {
	if l.ref.Kind != secret.Keyring || d.Lock == nil {
		return func() {}, nil
	}
	return d.Lock(ctx, l.profile, l.ref.Name)
}

// with is p with another key; a client certificate is of the key in use alone.
func with(p *profile.Profile, ref secret.Ref) *profile.Profile {
	next := *p
	next.Client.Certificate = secret.Ref{}
	if signing(p).Path == profile.ClientKey {
		next.Client.Key = ref
	} else {
		own := *p.GrantAssertion
		own.Key, next.GrantAssertion = ref, &own
	}
	return &next
}

// shapeOf is the assertion that the key signs.
func shapeOf(p *profile.Profile) *profile.Assertion {
	if signing(p).Path != profile.ClientKey || p.GrantAssertion != nil && !p.Client.Method().Signs {
		return &p.GrantAssertion.Assertion
	}
	return &p.Assertion
}
