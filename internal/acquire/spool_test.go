//go:build unix

package acquire

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fakes"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// The engine goes away after the request: exit 6 says that the answer waits on
// this machine, nothing is revoked, and the next run there gives its token
// without another request. On a machine without a folder it says what is lost.
func TestTheEngineGoesAwayAfterTheRequest(t *testing.T) {
	refresh := func(ctx context.Context, a *Acquirer, p *profile.Profile) error {
		_, err := a.Refresh(ctx, p, p)
		return err
	}
	login := func(ctx context.Context, a *Acquirer, p *profile.Profile) error {
		_, err := a.Start(ctx, p, grant.AuthorizationCode{Profile: p, Code: secret.New("code")}, StartOptions{MustKeep: true})
		return err
	}
	handed := func(ctx context.Context, a *Acquirer, p *profile.Profile) error {
		_, err := a.RefreshWith(ctx, p, p, secret.New("from elsewhere"))
		return err
	}
	for name, tt := range map[string]struct {
		call  func(context.Context, *Acquirer, *profile.Profile) error
		spool bool
		says  string
		gave  bool // the server is told that nobody uses the answer
	}{
		"a refresh":                      {refresh, true, "it waits on this machine, sealed", false},
		"a login":                        {login, true, "it waits on this machine, sealed", false},
		"a refresh token of elsewhere":   {handed, true, "it waits on this machine, sealed", false},
		"a refresh, and no folder":       {refresh, false, "the session is lost", false},
		"a login, and no folder":         {login, false, "the session is lost", true},
		"what was handed, and no folder": {handed, false, "the session is lost", false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newFixture(t)
			var slept time.Duration
			began := time.Now()
			engine := &fakes.Engine{Now: func() time.Time { return began.Add(slept) }}
			boot := func() time.Duration { return slept }
			p := plain()
			p.Grant = "authorization_code"
			b.Store = b.onAFleet(t, engine, boot).Store
			session(t, b, p, "r1")
			asked, gave := 0, false
			answer := b.dated(granted("second", "r2"))
			b.http.every = func(r *endpoint.Request) (endpoint.Answer, error) {
				if strings.HasSuffix(r.URL, "/revoke") {
					gave = true
					return endpoint.Answer{Status: 200}, nil
				}
				asked++
				engine.Before = func(string) error { slept += 45 * time.Second; return errors.New("connection refused") }
				return answer(r)
			}
			if tt.spool {
				b.spool = filepath.Join(t.TempDir(), "spool")
			}
			a := b.onAFleet(t, engine, boot)
			a.Metadata = revocable{b.http}
			if err := tt.call(t.Context(), a, p); fault.KindOf(err) != fault.Store || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "connection refused") {
				t.Errorf("%v", err)
			}
			engine.Before = nil
			if gave != tt.gave || asked != 1 {
				t.Errorf("revoked: %v, %d requests", gave, asked)
			}
			if !tt.spool {
				return
			}
			next := b.onAFleet(t, engine, boot)
			if got, err := next.Token(t.Context(), p, Options{}); err != nil || !got.FromStore || got.Set.AccessToken.Reveal() != "second" || asked != 1 {
				t.Errorf("%v %+v, %d requests", err, got, asked)
			}
			b.spool = ""
			if got, err := b.onAFleet(t, engine, boot).Token(t.Context(), p, Options{}); err != nil || got.Set.AccessToken.Reveal() != "second" || asked != 1 {
				t.Errorf("another machine: %v %+v, %d requests", err, got, asked)
			}
		})
	}
}
