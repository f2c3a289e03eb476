package rotation

import (
	"cmp"
	"context"

	"authctl/internal/clientauth"
	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// Made is a key that was made.
type Made struct {
	Next, InUse *keys.Key
	KID         string // of Next, as the profile's assertions will name it, "" where they name none
	InUseKID    string // of InUse, the same
	Request     []byte // the certificate request, if a subject was given
	Where       secret.Ref
	SameKID     bool   // assertion.kid is a literal, which both have
	Set         string // the field that is to name Where, if Use cannot put it there
}

// Make makes the key that is to follow the profile's, for alg or "", and keeps it:
// beside that, or in the file out. subject is of a certificate request, "" for
// none. Nothing of the profile changes.
func (d *Deps) Make(ctx context.Context, p *profile.Profile, alg, out, subject string) (Made, error) {
	current, err := d.load(ctx, p)
	if err != nil {
		return Made{}, err
	}
	l, shape := d.of(p, signing(p)), shapeOf(p)
	set := ""
	if err := l.changeable(ctx); err != nil {
		if out == "" {
			return Made{}, err
		}
		set = l.field
	}
	if out != "" {
		l.ref = secret.Ref{Kind: secret.File, Path: out}
	}
	alg = cmp.Or(alg, shape.Alg, keys.DefaultAlg(current))
	next, err := current.Successor(alg, d.Rand)
	if err != nil {
		return Made{}, fault.New(fault.Usage, "--alg: %w", err)
	}
	text, err := next.Private()
	if err != nil {
		return Made{}, fault.New(fault.Internal, "writing the key: %w", err)
	}
	made := Made{Next: next, InUse: current, Where: l.at(New), Set: set}
	if subject != "" {
		if made.Request, err = next.Request(subject); err != nil {
			return Made{}, fault.New(fault.Usage, "--csr: %w", err)
		}
	}
	_, made.KID, err = clientauth.KeyID(shape.KID, next)
	if err != nil { // x5t, of a certificate that is still to be issued
		made.KID = ""
	}
	_, made.InUseKID, _ = clientauth.KeyID(shape.KID, current)
	made.SameKID = made.KID != "" && made.KID == shape.KID
	if out != "" {
		made.Where = l.ref
		return made, l.create(text)
	}
	unlock, err := d.alone(ctx, l)
	if err != nil {
		return Made{}, err
	}
	defer unlock()
	there, err := l.taken(ctx, New)
	if err == nil && there {
		err = l.waits()
	}
	if err != nil {
		return Made{}, err
	}
	return made, l.put(ctx, New, text)
}
