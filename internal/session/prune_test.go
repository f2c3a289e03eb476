package session

import (
	"slices"
	"testing"
	"time"

	"authctl/internal/secret"
	"authctl/internal/store"
	"authctl/internal/token"
)

func TestPrune(t *testing.T) {
	now := time.Now()
	const day = 24 * time.Hour
	in := func(d time.Duration) time.Time { return now.Add(d) }
	some := secret.New("x")
	access := func(end time.Time) token.Set { return token.Set{AccessToken: some, ExpiresAt: end} }
	both := func(end, refresh time.Time) token.Set {
		return token.Set{AccessToken: some, ExpiresAt: end, RefreshToken: some, RefreshExpires: refresh}
	}
	for name, c := range map[string]struct {
		rec      store.Record
		pointed  bool
		at, week bool // dropped at once, after a week
	}{
		"of a scope, long over":           {store.Record{Grant: "client_credentials", Set: access(in(-8 * day))}, false, true, true},
		"of a scope, over":                {store.Record{Grant: "client_credentials", Set: access(in(-day))}, false, true, false},
		"good":                            {store.Record{Grant: "client_credentials", Set: access(in(time.Hour))}, false, false, false},
		"nobody said":                     {store.Record{Grant: "client_credentials", Set: access(time.Time{})}, false, false, false},
		"kept for some time":              {store.Record{Grant: "client_credentials", Set: token.Set{AccessToken: some, KeepUntil: in(-8 * day)}}, false, true, true},
		"can be refreshed":                {store.Record{Grant: "client_credentials", Set: both(in(-8*day), time.Time{})}, false, false, false},
		"can be refreshed for an hour":    {store.Record{Grant: "client_credentials", Set: both(in(-8*day), in(time.Hour))}, false, false, false},
		"the refresh token is over":       {store.Record{Grant: "client_credentials", Set: both(in(-9*day), in(-8*day))}, false, true, true},
		"only the refresh token is over":  {store.Record{Grant: "client_credentials", Set: both(in(time.Hour), in(-8*day))}, false, false, false},
		"of a subject":                    {store.Record{Grant: "token_exchange", Subject: "s", Set: access(in(-8 * day))}, false, true, true},
		"of the subject of the session":   {store.Record{Grant: "token_exchange", Subject: "s", Set: access(in(-8 * day))}, true, false, false},
		"a login":                         {store.Record{Grant: "authorization_code", Set: access(in(-8 * day))}, false, false, false},
		"beside a session":                {store.Record{Grant: "refresh_token", Aux: map[string]string{"beside": "id", "asked": "scope a"}, Set: access(in(-8 * day))}, false, true, true},
		"a refresh was cut off":           {store.Record{Grant: "client_credentials", Intent: in(-8 * day), Set: access(in(-8 * day))}, false, false, false},
		"an answer that nobody validated": {store.Record{Grant: "client_credentials", Pending: []byte("{}"), Set: access(in(-8 * day))}, false, false, false},
		"a key alone":                     {store.Record{PrivateKey: []byte("k")}, false, false, false},
		"a secret of the user's":          {store.Record{Grant: store.GrantSecret, Value: some}, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			a, s := kept(t)
			c.rec.Profile = "p"
			put := func(key string, r store.Record) {
				if err := s.Put(t.Context(), key, r); err != nil {
					t.Fatal(err)
				}
			}
			put("one", c.rec)
			if c.pointed {
				put("pointer", store.Record{Profile: "p", Grant: c.rec.Grant, Session: "one"})
			}
			for _, step := range []struct {
				after time.Duration
				want  bool
			}{{Keep, c.week}, {0, c.at && !c.week}} {
				n, err := a.Prune(t.Context(), step.after)
				if err != nil || (n == 1) != step.want {
					t.Errorf("after %v: %d dropped, %v", step.after, n, err)
				}
			}
			left, err := s.List(t.Context())
			if has := slices.ContainsFunc(left, func(e store.Entry) bool { return e.Key == "one" }); err != nil || has == c.at {
				t.Errorf("%v, left %v", err, left)
			}
		})
	}
}

// Whoever holds the lock of a record may be about to write it.
func TestPruneLeavesWhatIsInUse(t *testing.T) {
	a, s := kept(t)
	over := token.Set{AccessToken: secret.New("x"), ExpiresAt: time.Now().Add(-time.Hour)}
	if err := s.Put(t.Context(), "one", store.Record{Profile: "p", Grant: "client_credentials", Set: over}); err != nil {
		t.Fatal(err)
	}
	lock, err := s.Lock(t.Context(), "one")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := a.Prune(t.Context(), 0); n != 0 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	lock.Unlock()
	if n, err := a.Prune(t.Context(), 0); n != 1 || err != nil {
		t.Errorf("%d %v", n, err)
	}
}
