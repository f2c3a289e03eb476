package rotation

import (
	"context"
	"crypto/x509"
	"os"
	"time"

	"authctl/internal/clientauth"
	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// Forget throws the key of a seat away.
func (d *Deps) Forget(ctx context.Context, p *profile.Profile, s Seat) (secret.Ref, error) {
	l := d.of(p, signing(p))
	if err := l.changeable(ctx); err != nil {
		return secret.Ref{}, err
	}
	unlock, err := d.alone(ctx, l)
	if err != nil {
		return secret.Ref{}, err
	}
	defer unlock()
	there, err := l.taken(ctx, s)
	if err == nil && !there {
		err = fault.New(fault.Config, "there is no such key: %s", l.at(s)).Hint("authctl key list -p %s", p.Name)
	}
	if err != nil {
		return secret.Ref{}, err
	}
	return l.at(s), l.remove(ctx, s)
}

// Row is one key of a profile.
type Row struct {
	Seat  Seat
	Ref   secret.Ref
	Key   *keys.Key
	KID   string // as the profile's assertions name it
	Since time.Time
	Ends  time.Time // of its certificate, zero for none
}

// List is the key in use and its neighbours.
func (d *Deps) List(ctx context.Context, p *profile.Profile) (rows []Row, err error) {
	l := d.of(p, signing(p))
	for _, s := range []Seat{InUse, New, Old} {
		if s != InUse {
			if l.changeable(ctx) != nil {
				continue
			}
			if there, err := l.taken(ctx, s); err != nil || !there {
				if err != nil {
					return nil, err
				}
				continue
			}
		}
		at := p
		if s != InUse {
			at = with(p, l.at(s))
		}
		row := Row{Seat: s, Ref: l.at(s)}
		if row.Key, err = d.load(ctx, at); err != nil {
			return nil, err
		}
		_, row.KID, _ = clientauth.KeyID(shapeOf(p).KID, row.Key)
		row.Ends = ends(row.Key.Certificate)
		if l.ref.Kind == secret.File {
			if info, err := os.Stat(l.path(s)); err == nil {
				row.Since = info.ModTime()
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func ends(c *x509.Certificate) time.Time {
	if c == nil {
		return time.Time{}
	}
	return c.NotAfter
}
