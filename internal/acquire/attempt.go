package acquire

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/store"
	"authctl/internal/token"
)

// Retries of docs/network.md.
const (
	maxAttempts   = 3
	maxRetryAfter = 10 * time.Second
)

// Obtain asks the token endpoint by one grant and returns what was granted. It
// keeps nothing.
func (a *Acquirer) Obtain(ctx context.Context, p *profile.Profile, g grant.Grant) (token.Set, error) {
	return a.obtain(ctx, p, g, nil)
}

// obtain is Obtain under a lock, which leave asks.
func (a *Acquirer) obtain(ctx context.Context, p *profile.Profile, g grant.Grant, leave func() error) (token.Set, error) {
	answer, asked, err := a.askToken(ctx, p, g, leave)
	if err != nil {
		return token.Set{}, err
	}
	return validate(p, answer, asked, a.Warn)
}

// askToken sends the token request of g and returns the raw 2xx answer and the
// asked scope. leave is asked at each attempt before what g carries leaves; nil lets it.
func (a *Acquirer) askToken(ctx context.Context, p *profile.Profile, g grant.Grant, leave func() error) (endpoint.Answer, string, error) {
	ctx, cancel := context.WithTimeout(ctx, a.Timeout)
	defer cancel()
	e, err := a.Metadata.Resolve(ctx, p, metadata.NeedToken)
	if err != nil {
		return endpoint.Answer{}, "", err
	}
	var asked string
	build := func(r *endpoint.Request) error {
		if err := g.Apply(ctx, r); err != nil {
			return err
		}
		asked = scopeOf(r)
		r.Leave = leave
		return nil
	}
	answer, err := a.exchange(ctx, p, e, tokenURL, e.Token, grant.Repeatable(g), build)
	return answer, asked, err
}

// The profile's fields for the token and the pushed authorization request endpoint.
const (
	tokenURL = "token_url"
	parURL   = "par_url"
)

// Call is one authenticated POST to another endpoint of the same server (PAR,
// device authorization, revocation); field is where the profile would have its
// url, for hints. It is sent once, and once more when
// the server wants a DPoP nonce.
func (a *Acquirer) Call(ctx context.Context, p *profile.Profile, field, url string, build func(*endpoint.Request) error) (endpoint.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, a.Timeout)
	defer cancel()
	var needs []metadata.Need
	if p.Assertion.Audience == "token_url" && p.Client.Method().Signs { // wherever the assertion goes
		needs = append(needs, metadata.NeedToken)
	}
	e, err := a.Metadata.Resolve(ctx, p, needs...)
	if err != nil {
		return endpoint.Answer{}, err
	}
	return a.exchange(ctx, p, e, field, url, false, build)
}

// exchange makes the attempts. Each builds its request anew: a client
// assertion's jti, and a DPoP proof's, are single use (RFC 7523 3, RFC 9449 11.1).
func (a *Acquirer) exchange(ctx context.Context, p *profile.Profile, e metadata.Endpoints, field, url string, repeatable bool, build func(*endpoint.Request) error) (endpoint.Answer, error) {
	nonceAsked := false
	for attempt := 1; ; attempt++ {
		r, err := a.request(ctx, p, e, url, build)
		if err != nil {
			return endpoint.Answer{}, err
		}
		answer, err := a.post(ctx, r)
		var kept *notHeld
		if errors.As(err, &kept) {
			return endpoint.Answer{}, kept.err
		}
		if err == nil {
			a.noteNonce(answer)
			refused := endpoint.Refused(answer)
			if refused == nil {
				return answer, nil
			}
			err = refused
		}
		if a.wantsNonce(p, err) && !nonceAsked {
			nonceAsked = true
			attempt--
			continue
		}
		wait, again := a.again(err, repeatable, attempt)
		if !again {
			return endpoint.Answer{}, explain(ctx, r, field, err)
		}
		if a.Sleep(ctx, wait) != nil {
			return endpoint.Answer{}, explain(ctx, r, field, err)
		}
	}
}

func (a *Acquirer) post(ctx context.Context, r *endpoint.Request) (endpoint.Answer, error) {
	defer a.Busy("waiting for " + endpoint.WithoutQuery(r.URL))()
	return a.Poster.Post(ctx, r)
}

// lock takes the lock of key; another process may hold it while it asks.
func (a *Acquirer) lock(ctx context.Context, key string) (store.Lease, error) {
	defer a.Busy("waiting for another authctl that asks for the same token")()
	return a.Store.Lock(ctx, key)
}

// request builds one attempt: the grant, the profile's own fields, the client.
func (a *Acquirer) request(ctx context.Context, p *profile.Profile, e metadata.Endpoints, url string, build func(*endpoint.Request) error) (*endpoint.Request, error) {
	r := &endpoint.Request{Profile: p, URL: url, Issuer: p.Issuer, TokenURL: e.Audience(p)}
	if err := build(r); err != nil {
		return nil, err
	}
	if err := a.profileFields(ctx, p, r); err != nil {
		return nil, err
	}
	auth, ok := a.Auths[p.Client.Auth]
	if !ok {
		return nil, fault.New(fault.Config, "unknown client.auth %q", p.Client.Auth)
	}
	if err := auth(p).Authenticate(ctx, r); err != nil {
		return nil, err
	}
	r.Omit(p.Request.Omit)
	if p.DPoP.Enabled {
		proof, err := a.Proof(ctx, p, "POST", url, "", a.nonce)
		if err != nil {
			return nil, err
		}
		r.SetHeader("DPoP", proof, true)
	}
	return r, nil
}

// again decides whether and when to repeat.
func (a *Acquirer) again(err error, repeatable bool, attempt int) (time.Duration, bool) {
	if attempt >= maxAttempts {
		return 0, false
	}
	var lost *endpoint.SendError
	if errors.As(err, &lost) {
		// A request that never left may always be sent again; a spent grant must not.
		return jitter(attempt), (repeatable || !lost.Sent) && !errors.Is(err, context.Canceled) && endpoint.Transient(err)
	}
	var refused *endpoint.Refusal
	if !repeatable || !errors.As(err, &refused) || !slices.Contains([]int{429, 502, 503, 504}, refused.Status) {
		return 0, false
	}
	if refused.RetryAfter > maxRetryAfter {
		return 0, false
	}
	return max(refused.RetryAfter, jitter(attempt)), true
}

// jitter is a random wait that grows: up to 0.3 s, then up to 0.6 s.
func jitter(attempt int) time.Duration {
	ceiling := int64(attempt) * int64(300*time.Millisecond)
	n, err := rand.Int(rand.Reader, big.NewInt(ceiling))
	if err != nil {
		return time.Duration(ceiling)
	}
	return time.Duration(n.Int64())
}

func scopeOf(r *endpoint.Request) string {
	for _, param := range r.Params {
		if param.Name == "scope" {
			return fmt.Sprint(param.Value)
		}
	}
	return r.Scope
}
