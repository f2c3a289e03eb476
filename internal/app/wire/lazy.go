package wire

import (
	"context"
	"strings"

	"authctl/internal/endpoint"
	"authctl/internal/metadata"
	"authctl/internal/profile"
)

// Lazy opens the way when the first request needs it: a fresh token out of the store
// must not read a CA file.
type Lazy struct {
	Deps
	Profile *profile.Profile
	client  *endpoint.Client
	source  *metadata.Source
}

func (w *Lazy) open(ctx context.Context) error {
	if w.client != nil {
		return nil
	}
	c, s, err := w.Open(ctx, w.Profile)
	if err == nil {
		w.client, w.source = c, s
	}
	return err
}

// Post sends one request.
func (w *Lazy) Post(ctx context.Context, r *endpoint.Request) (endpoint.Answer, error) {
	if err := w.open(ctx); err != nil {
		return endpoint.Answer{}, err
	}
	return w.client.Post(ctx, r)
}

// Resolve finds the endpoints. What needs them asks for secrets next, and then sends its request.
func (w *Lazy) Resolve(ctx context.Context, p *profile.Profile, needs ...metadata.Need) (metadata.Endpoints, error) {
	if err := w.open(ctx); err != nil {
		return metadata.Endpoints{}, err
	}
	e, err := w.source.Resolve(ctx, p, needs...)
	if scheme, _, _ := strings.Cut(e.Token, ":"); p.TLS.CA.IsZero() && w.HTTP == nil {
		endpoint.RootsAhead(scheme)
	}
	return e, err
}
