package app

import (
	"testing"
	"time"

	"authctl/internal/acquire"
	"authctl/internal/config"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
	"authctl/internal/token"
)

// A login of unknown lifetime is good until the API refuses its token, and
// over from then on (docs/store.md).
func TestTheAPIsRefusalEndsALoginOfUnknownLifetime(t *testing.T) {
	a, s := keeping(t)
	p := profile.Default()
	p.Name, p.TokenURL, p.Grant = "p", "https://as.example/token", "authorization_code"
	now := a.Sys.Now()
	err := s.Put(t.Context(), acquire.Key(&p, ""), store.Record{Profile: "p", Grant: p.Grant, Set: token.Set{
		AccessToken: secret.New("a"), TokenType: "Bearer", ObtainedAt: now, KeepUntil: now.Add(time.Hour),
	}})
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		refused string
		kind    fault.Kind
	}{{"", 0}, {"another", 0}, {"a", fault.Login}, {"", fault.Login}} {
		acq, err := a.Acquirer(&p)
		if err != nil {
			t.Fatal(err)
		}
		_, err = curlTokens{acq: acq, profile: &p}.Token(t.Context(), secret.New(c.refused))
		if (c.kind == 0) != (err == nil) || c.kind != 0 && fault.KindOf(err) != c.kind {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// keeping is an App with a store in a folder of the test's.
func keeping(t *testing.T) (*App, *stores) {
	t.Helper()
	a := &App{Sys: Host(), Settings: config.Settings{Store: store.KindFile, StoreChosen: true, StateDir: t.TempDir()}}
	s, err := a.Stores()
	if err != nil {
		t.Fatal(err)
	}
	return a, s
}
