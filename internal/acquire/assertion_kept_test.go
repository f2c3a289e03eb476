package acquire

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
)

// However many want one, one asks.
func TestManyWantAnAssertion(t *testing.T) {
	b := newFixture(t)
	s, p := newSTS(t, b), asksSTS()
	s.every = b.crowded(t, 20, s.issues)
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if got, err := b.process2(s).Assertion(t.Context(), p, Options{}); err != nil || got.Assertion.ID != "_1" {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if len(s.seen) != 1 {
		t.Errorf("%d were asked for", len(s.seen))
	}
}

// A kept assertion serves nobody but who asks for the same with the same certificate.
func TestWhomAKeptAssertionServes(t *testing.T) {
	for name, c := range map[string]struct {
		change func(b *fixture, s *sts, p *profile.Profile, o *Options)
		asks   bool
	}{
		"the same": {func(*fixture, *sts, *profile.Profile, *Options) {}, false},
		"another municipality": {func(_ *fixture, _ *sts, p *profile.Profile, _ *Options) {
			p.STS.Claims = []profile.STSClaim{{Name: "cvr", Value: "1"}}
		}, true},
		"another service":  {func(_ *fixture, _ *sts, p *profile.Profile, _ *Options) { p.STS.AppliesTo += "/" }, true},
		"another STS":      {func(_ *fixture, _ *sts, p *profile.Profile, _ *Options) { p.STS.URL += "/2" }, true},
		"another lifetime": {func(_ *fixture, _ *sts, p *profile.Profile, _ *Options) { p.STS.Lifetime = time.Minute }, true},
		"a pin since then": {func(_ *fixture, _ *sts, p *profile.Profile, _ *Options) {
			p.STS.SigningCertificates = []secret.Ref{{Kind: secret.File, Name: "sts.pem"}}
		}, true},
		"a renewed certificate":    {func(b *fixture, s *sts, _ *profile.Profile, _ *Options) { s.holder = newSTS(t, newFixture(t)).holder }, true},
		"another profile":          {func(_ *fixture, _ *sts, p *profile.Profile, _ *Options) { p.Name = "another" }, true},
		"what a server refused":    {func(b *fixture, _ *sts, _ *profile.Profile, o *Options) { o.unfit = b.store.puts[0].Value.Reveal() }, true},
		"what is no assertion now": {func(b *fixture, _ *sts, _ *profile.Profile, _ *Options) { spoil(b.store) }, true},
	} {
		b := newFixture(t)
		s, p := newSTS(t, b), asksSTS()
		if _, err := b.Assertion(t.Context(), p, Options{}); err != nil {
			t.Fatal(err)
		}
		var o Options
		c.change(b, s, p, &o)
		if _, _ = b.Assertion(t.Context(), p, o); (len(s.seen) == 2) != c.asks {
			t.Errorf("%s: %d were asked for", name, len(s.seen))
		}
	}
}

func spoil(m *memory) {
	for key, rec := range m.records {
		rec.Value = secret.New("x")
		m.records[key] = rec
	}
}

// Whoever was held up between the lock and the request asks right before it, as for a token.
func TestEachIssueIsAskedFor(t *testing.T) {
	broken := errors.New("the engine is away")
	for name, c := range map[string]struct {
		says []error
		sent int
		want error
	}{
		"held":         {[]error{nil}, 1, nil},
		"overtaken":    {[]error{store.ErrOvertaken, nil}, 1, nil},
		"nobody knows": {[]error{broken}, 0, broken},
	} {
		b := newFixture(t)
		s, p := newSTS(t, b), asksSTS()
		asked := 0
		b.store.hold = func(context.Context) error { asked++; return c.says[asked-1] }
		_, err := b.Assertion(t.Context(), p, Options{})
		if !errors.Is(err, c.want) || len(s.seen) != c.sent || asked != len(c.says) {
			t.Errorf("%s: %v, %d sent, asked %d times", name, err, len(s.seen), asked)
		}
	}
}

// The claims of one call are of that call: the profile stays as it is.
func TestClaimsOfOneCall(t *testing.T) {
	p := asksSTS()
	p.STS.Claims = []profile.STSClaim{{Name: "cvr", Value: "01"}, {Name: "b", Value: "1"}}
	asked, err := ClaimSTS(p, []string{"cvr=02", "c=2"})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(asked.STS.Claims, p.STS.Claims); got != "[{cvr 02} {b 1} {c 2}] [{cvr 01} {b 1}]" {
		t.Error(got)
	}
}
