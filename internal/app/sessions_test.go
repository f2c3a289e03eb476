package app

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"authctl/internal/acquire"
	"authctl/internal/config"
	"authctl/internal/secret"
	"authctl/internal/store"
	"authctl/internal/token"
)

// revocations is a server that only revokes, and remembers what.
type revocations struct{ tokens []string }

func (r *revocations) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	r.tokens = append(r.tokens, form.Get("token"))
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(""))}, err
}

// A logout revokes what a crash left: of a login that was never checked, and of
// a refresh whose answer had come. No status shows the former.
func TestLogoutRevokesWhatACrashLeft(t *testing.T) {
	a, s := keeping(t)
	server := &revocations{}
	a.Sys.HTTP, a.Settings.Quiet = server, true
	a.Settings.File = filepath.Join(t.TempDir(), "profiles.yaml")
	profiles := "version: 1\nprofiles:\n  p:\n    token_url: https://as.example/token\n    revocation_url: https://as.example/revoke\n    client: {id: x, auth: none}\n"
	if err := os.WriteFile(a.Settings.File, []byte(profiles), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := config.LoadProfile(a.Settings, "p")
	if err != nil {
		t.Fatal(err)
	}
	key, answer := acquire.Key(p, ""), `{"access_token":"a","token_type":"Bearer","refresh_token":"%"}`
	for at, r := range map[string]store.Record{
		key + "-pending": {Pending: []byte(strings.Replace(answer, "%", "unchecked", 1))},
		key:              {Pending: []byte(strings.Replace(answer, "%", "successor", 1)), Set: token.Set{RefreshToken: secret.New("spent")}},
		"old":            {Set: token.Set{AccessToken: secret.New("unknown lifetime")}},
	} {
		r.Profile, r.Grant, r.Server, r.Intent = "p", "authorization_code", acquire.Server(p), a.Sys.Now()
		if err := s.Put(t.Context(), at, r); err != nil {
			t.Fatal(err)
		}
	}
	sessions, err := a.Sessions()
	if err != nil {
		t.Fatal(err)
	}
	if kept, err := sessions.List(t.Context(), "p"); err != nil || len(kept.Tokens) != 2 {
		t.Errorf("%v, status shows %d", err, len(kept.Tokens))
	}
	done, err := sessions.Forget(t.Context(), "p", true)
	slices.Sort(server.tokens)
	if err != nil || done.Revoked != 3 || !slices.Equal(server.tokens, []string{"successor", "unchecked", "unknown lifetime"}) {
		t.Errorf("%v %+v, revoked %q", err, done, server.tokens)
	}
	if left, err := s.List(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("%v, left %d", err, len(left))
	}
}
