package cmd_test

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/app/shared"
	"authctl/internal/config"
	"authctl/internal/fakes"
	"authctl/internal/secret"
	"authctl/internal/secretstore"
	"authctl/internal/store"
)

// What an engine did not take waits in the state folder; the next command on that
// machine puts it there and prints its token, without a request to the provider.
func TestTheNextRunPutsTheWaitingAnswerThere(t *testing.T) {
	v := fakes.NewVault()
	engine := v.Serve(0)
	defer engine.Close()
	d := newDesk(t, "store: {kind: vault, address: "+engine.URL+", path: secret/a, token: env:T, key: env:K}\n"+demo)
	delete(d.env, "AUTHCTL_STORE")
	d.env["K"], d.env["T"] = fleetKey, "root"
	d.must(d.run(t.Context(), "login-pkce"), 0)
	asked := len(d.server.Seen("/token"))

	state := filepath.Join(d.home, "state", "authctl")
	env := func(name string) (string, bool) { value, ok := d.env[name]; return value, ok }
	deps := shared.Deps{
		Spec:    &config.SharedStore{Address: []string{engine.URL}, Path: "secret/a", Token: secret.Ref{Kind: secret.Env, Name: "T"}, Key: secret.Ref{Kind: secret.Env, Name: "K"}},
		Secrets: secretstore.NewResolver(secretstore.Sources{Env: env}), Env: env, Now: time.Now, Rand: rand.Reader, Dir: state, Timeout: 100 * time.Millisecond,
	}
	made, _, err := deps.Open(store.KindVault)
	if err != nil {
		t.Fatal(err)
	}
	var slept time.Duration
	made.Boot = func() time.Duration { return slept }
	s, err := store.Open(store.Options{Kind: store.KindVault, Rand: rand.Reader, Now: time.Now, Shared: made})
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.List(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("%v %d", err, len(list))
	}
	rec := list[0].Record
	lease, err := s.Lock(t.Context(), list[0].Key)
	if err = errors.Join(err, lease.Hold(t.Context())); err != nil {
		t.Fatal(err)
	}
	v.Seal(true)
	slept += 81 * time.Second
	rec.Set.AccessToken, rec.Set.RefreshToken = secret.New("the-answer"), secret.New("its-successor")
	if err := s.Put(t.Context(), list[0].Key, rec); !errors.Is(err, store.ErrSpooled) {
		t.Fatal(err)
	}
	v.Seal(false)
	if other, _ := filepath.Glob(filepath.Join(state, "engine", "spool-*", "*")); len(other) != 1 {
		t.Errorf("%q", other)
	}
	elsewhere := d.env["AUTHCTL_CONFIG"]
	raw, err := os.ReadFile(elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	d.env["AUTHCTL_CONFIG"] = filepath.Join(d.home, "other.yaml") // another place of the same engine
	if err := os.WriteFile(d.env["AUTHCTL_CONFIG"], []byte(strings.Replace(string(raw), "secret/a", "secret/b", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	d.must(d.run(t.Context(), "token"), 8)
	d.env["AUTHCTL_CONFIG"] = elsewhere
	if got := d.must(d.run(t.Context(), "token"), 0); strings.TrimSpace(got.stdout) != "the-answer" || got.stderr != "" {
		t.Errorf("%+v", got)
	}
	if n := len(d.server.Seen("/token")); n != asked {
		t.Errorf("%d requests", n-asked)
	}
	if left, _ := filepath.Glob(filepath.Join(state, "engine", "spool-*", "*")); len(left) != 0 {
		t.Errorf("left %q", left)
	}
	other := d.shop()
	if got := other.must(other.run(t.Context(), "token"), 0); strings.TrimSpace(got.stdout) != "the-answer" {
		t.Errorf("%+v", got)
	}
}
