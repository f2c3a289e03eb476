package session

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"authctl/internal/acquire"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
	"authctl/internal/token"
)

// Every record of a profile follows its new name, to the key where it is looked
// for; where the renaming fails, all is as before.
func TestMove(t *testing.T) {
	a, s := kept(t)
	a.Keep = s.Put
	ctx := t.Context()
	from := profile.Default()
	from.Name = "old"
	to := from
	to.Name = "new"
	own, session := acquire.Key(&from, ""), acquire.Key(&from, "5e1f")
	set := func(value string) token.Set { return token.Set{RefreshToken: secret.New(value)} }
	for key, r := range map[string]store.Record{
		own:              {Profile: "old", Grant: "token_exchange", Session: session},
		session:          {Profile: "old", Grant: "token_exchange", Subject: "5e1f", Set: set("session")},
		own + "-pending": {Profile: "old", Grant: "authorization_code", Set: set("unchecked")},
		"an-earlier-one": {Profile: "old", Grant: "authorization_code", Set: set("earlier")},
		"another-one":    {Profile: "other", Grant: "authorization_code", Set: set("other")},
		"secret-1":       {Profile: "old", Grant: store.GrantSecret, Value: secret.New("x"), Aux: map[string]string{"name": "key"}},
	} {
		if err := s.Put(ctx, key, r); err != nil {
			t.Fatal(err)
		}
	}
	profiles := func() map[string]string {
		list, err := s.List(ctx)
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]string{}
		for _, e := range list {
			all[e.Key] = e.Record.Profile + " " + e.Record.Set.RefreshToken.Reveal()
		}
		return all
	}
	before := profiles()
	no := errors.New("no")
	if _, err := a.Move(ctx, &from, &to, func() error { return no }); !errors.Is(err, no) || !maps.Equal(before, profiles()) {
		t.Errorf("%v\n%v\n%v", err, before, profiles())
	}
	if names, err := a.Secrets(ctx, "old"); err != nil || !slices.Equal(names, []string{"key"}) {
		t.Errorf("%q, %v", names, err)
	}
	renamed := false
	moved, err := a.Move(ctx, &from, &to, func() error {
		renamed = true
		if got := len(profiles()); got != len(before)+3 { // the copies; none is gone yet
			t.Errorf("%d records while it is renamed", got)
		}
		return nil
	})
	want := map[string]string{
		acquire.Key(&to, ""): "new ", acquire.Key(&to, "5e1f"): "new session", acquire.Key(&to, "") + "-pending": "new unchecked",
		"an-earlier-one": "new earlier", "another-one": "other other", "secret-1": "old ",
	}
	if got := profiles(); err != nil || !renamed || moved != 4 || !maps.Equal(got, want) {
		t.Errorf("%d, %v\n%v\n%v", moved, err, got, want)
	}
	if r, err := s.Get(ctx, acquire.Key(&to, "")); err != nil || r.Session != acquire.Key(&to, "5e1f") {
		t.Errorf("it points to %q, %v", r.Session, err)
	}
}
