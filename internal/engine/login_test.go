package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/engine"
	"authctl/internal/fakes"
	"authctl/internal/fakes/contract"
	"authctl/internal/fault"
	"authctl/internal/secret"
)

type logins struct {
	vault *fakes.Vault
	count int
	kept  []engine.Token
	jwt   string
}

func (l *logins) open(t *testing.T, address string, kept engine.Token) *engine.Vault {
	t.Helper()
	v, err := engine.NewVault(engine.VaultOptions{
		Wire: wire(t), Addresses: []string{address}, Path: "secret/authctl", Token: kept, Keep: func(t engine.Token) { l.kept = append(l.kept, t) },
		Login: engine.Login{Method: "jwt", Role: "ci", Secret: func(context.Context) (secret.Text, error) { return secret.New(l.jwt), nil }},
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestALoginIsKeptUntilHalfOfItsLife and made anew where the engine does not know its token.
func TestALoginIsKeptUntilHalfOfItsLife(t *testing.T) {
	l := &logins{vault: fakes.NewVault(), jwt: "good"}
	l.vault.Instead = func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/login") {
			l.count++
		}
		return false
	}
	server := l.vault.Serve(0)
	defer server.Close()
	read := func(e *engine.Vault) {
		t.Helper()
		if _, _, _, err := e.Read(t.Context(), "k"); !errors.Is(err, engine.ErrAbsent) {
			t.Fatal(err)
		}
	}
	e := l.open(t, server.URL, engine.Token{})
	read(e)
	read(e)
	if l.count != 1 || len(l.kept) != 1 {
		t.Fatalf("%d logins, %d tokens to keep; want one", l.count, len(l.kept))
	}
	if left := time.Until(l.kept[0].Until); left < 29*time.Minute || left > 31*time.Minute {
		t.Errorf("a token for an hour is kept for %s", left)
	}
	read(l.open(t, server.URL, l.kept[0]))
	if l.count != 1 {
		t.Error("a kept token was not used")
	}
	l.vault.Revoke(l.kept[0].Text.Reveal())
	read(l.open(t, server.URL, l.kept[0]))
	if l.count != 2 {
		t.Errorf("%d logins after the kept token was revoked, want 2", l.count)
	}
	over := l.kept[1]
	over.Until = time.Now().Add(-time.Second)
	read(l.open(t, server.URL, over))
	if l.count != 3 {
		t.Errorf("%d logins after half of the kept token's life, want 3", l.count)
	}
}

func TestARefusedLoginSaysSo(t *testing.T) {
	l := &logins{vault: fakes.NewVault(), jwt: "hush"}
	server := l.vault.Serve(0)
	defer server.Close()
	_, _, _, err := l.open(t, server.URL, engine.Token{}).Read(t.Context(), "k")
	held(t, err, engine.LoginFailed, "issuer, audience") // the fake repeats the JWT, which no message may

	refused := func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, `{"errors":["invalid role or secret ID"]}`, http.StatusBadRequest)
	}
	other := httptest.NewServer(http.HandlerFunc(refused))
	defer other.Close()
	login := engine.Login{Method: "approle", Role: "r", Secret: text("hush")}
	v, err := engine.NewVault(engine.VaultOptions{Wire: wire(t), Addresses: []string{other.URL}, Path: "secret/a", Login: login})
	if err != nil {
		t.Fatal(err)
	}
	_, _, _, err = v.Read(t.Context(), "k")
	held(t, err, engine.LoginFailed, "store.auth.approle: role_id and secret_id")
	for _, namespace := range []string{"a\r\nX-Evil: 1", "å"} {
		if _, err := engine.NewVault(engine.VaultOptions{Wire: wire(t), Addresses: []string{other.URL}, Path: "secret/a", Namespace: namespace}); fault.KindOf(err) != fault.Config {
			t.Errorf("namespace %q: %v", namespace, err)
		}
	}
}

func TestCASIsRequiredFromTheFirstWriteOn(t *testing.T) {
	v := fakes.NewVault()
	server := v.Serve(0)
	defer server.Close()
	if _, err := openVault(t, server.URL).Swap(t.Context(), "k", []byte("b"), "0"); err != nil {
		t.Fatal(err)
	}
	if !v.CASRequired("authctl/team-a/k") {
		t.Error("the engine takes writes that name no version")
	}
	v.Allow("few", "create metadata", "update metadata")
	few, err := engine.NewVault(engine.VaultOptions{Wire: wire(t), Addresses: []string{server.URL}, Path: "secret/data/authctl", Login: engine.Login{Secret: text("few")}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := few.Swap(t.Context(), "k", []byte("b"), "0"); err != nil {
		t.Errorf("a policy without metadata: %v", err)
	}
}

func TestChecks(t *testing.T) {
	v := fakes.NewVault()
	v.Allow("few", "update data", "list metadata", "create metadata", "update metadata")
	leader, standby := v.Serve(0), v.Serve(time.Millisecond)
	defer leader.Close()
	defer standby.Close()
	open := func(token, path, address string) *engine.Vault {
		e, err := engine.NewVault(engine.VaultOptions{Wire: wire(t), Addresses: []string{address}, Path: path, Login: engine.Login{Secret: text(token)}})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	k := fakes.NewKubernetes()
	k.Allow("few", "update", "list")
	api := k.Serve()
	defer api.Close()
	few, err := engine.NewKubernetes(engine.KubernetesOptions{Wire: wire(t), Addresses: []string{api.URL}, Namespace: "ns", Token: text("few")})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		of interface {
			Check(context.Context) []engine.Finding
		}
		fails, warn []string // words of each
	}{
		"vault, well":      {of: openVault(t, leader.URL)},
		"vault, standby":   {of: openVault(t, standby.URL), warn: []string{"no address is the leader's"}},
		"vault, policy":    {of: open("few", "secret/a", leader.URL), fails: []string{"secret/data/a/doctor"}, warn: []string{"may not list", "cas_required"}},
		"vault, a blank":   {of: open("few", "secret/team a", leader.URL), fails: []string{"secret/data/team a/doctor"}, warn: []string{"may not list", "cas_required"}},
		"vault, token":     {of: open("dead", "secret/a", leader.URL), fails: []string{"expired"}},
		"vault, version 1": {of: open("root", "old/a", leader.URL), fails: []string{"no versions"}},
		"kubernetes, well": {of: openKubernetes(t, api.URL)},
		"kubernetes, role": {of: few, fails: []string{"update", "list"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, f := range c.of.Check(t.Context()) {
				list := &c.fails
				switch {
				case f.Err == nil && f.Text != "":
					continue
				case f.Warn:
					list = &c.warn
				}
				if len(*list) == 0 || !strings.Contains(f.Err.Error(), (*list)[0]) {
					t.Errorf("%s: %v, want %q", f.What, f.Err, *list)
					continue
				}
				*list = (*list)[1:]
			}
			if len(c.fails)+len(c.warn) > 0 {
				t.Errorf("not found: %q, %q", c.fails, c.warn)
			}
		})
	}
}

// TestAPodsTokenIsRenewed: the kubelet writes a new one before the old one ends.
func TestAPodsTokenIsRenewed(t *testing.T) {
	k := fakes.NewKubernetes()
	server := k.Serve()
	defer server.Close()
	folder := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("namespace", "ns\n")
	write("token", "admin\n")
	env := map[string]string{"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"}
	pod := engine.Pod{Folder: folder, Env: func(n string) (string, bool) { v, ok := env[n]; return v, ok }}
	if a, err := pod.Address(); err != nil || a != "https://[fd00::1]:443" {
		t.Errorf("%q, %v", a, err)
	}
	ns, err := pod.Namespace(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.NewKubernetes(engine.KubernetesOptions{Wire: wire(t), Addresses: []string{server.URL}, Namespace: ns, Token: pod.Token})
	if err != nil {
		t.Fatal(err)
	}
	v, err := e.Swap(t.Context(), "k", []byte("one"), "0")
	if err != nil {
		t.Fatal(err)
	}
	k.Revoke("admin")
	k.Allow("renewed")
	write("token", "renewed")
	if _, err := e.Swap(t.Context(), "k", []byte("two"), v); err != nil {
		t.Errorf("after the token was renewed: %v", err)
	}
	delete(env, "KUBERNETES_SERVICE_HOST")
	if _, err := pod.Address(); !errors.Is(err, engine.ErrNoPod) {
		t.Errorf("outside of a pod: %v", err)
	}
	if _, err := (engine.Pod{Folder: t.TempDir()}).Token(t.Context()); err == nil {
		t.Error("no token is there, and none is missed")
	}
}

// FuzzAnswers: whatever answers, it is a record with a version or an error on one line.
func FuzzAnswers(f *testing.F) {
	for _, body := range []string{
		`{"data":{"data":{"record":"YQ=="},"metadata":{"version":3,"created_time":"2026-11-26T18:25:48.2Z"}}}`, `{"errors":[]}`,
		`{"data":{"version":1}}`, `{"data":{"keys":["a","b/"]}}`, `{"kind":"Secret","type":"authctl/record","metadata":{"resourceVersion":"7"},"data":{"record":"YQ=="}}`,
		`{"kind":"Status","message":"x"}`, `{"kind":"SecretList","items":[{"metadata":{"name":"authctl-a"}}]}`, `{"errors":["did not match"]}`, ``,
	} {
		for _, status := range []int{200, 201, 204, 400, 403, 404, 409, 503} {
			f.Add(status, body)
		}
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		answer := answered(status, body)
		v, err := engine.NewVault(engine.VaultOptions{Wire: answer, Addresses: []string{"https://a"}, Path: "m/p", Login: engine.Login{Secret: text("root")}})
		if err != nil {
			t.Fatal(err)
		}
		k, err := engine.NewKubernetes(engine.KubernetesOptions{Wire: answer, Addresses: []string{"https://a"}, Namespace: "ns", Token: text("admin")})
		if err != nil {
			t.Fatal(err)
		}
		v.Hurry(time.Millisecond)
		k.Hurry(time.Millisecond)
		for _, e := range []contract.Engine{v, k} {
			b, at, _, err := e.Read(t.Context(), "k")
			if err == nil && (len(b) == 0 || at == "" || !json.Valid([]byte(body))) {
				t.Errorf("%d %q is a record: %q, version %q", status, body, b, at)
			}
			_, listed := e.List(t.Context())
			at, swapped := e.Swap(t.Context(), "k", []byte("b"), "5")
			if swapped == nil && at == "" {
				t.Errorf("%d %q is a write without a version", status, body)
			}
			for _, err := range []error{err, listed, swapped} {
				if err != nil && strings.ContainsAny(err.Error(), "\n\r\x1b") && !strings.Contains(err.Error(), engine.ErrUnknown.Error()) {
					t.Errorf("not on one line: %q", err)
				}
			}
		}
	})
}

type roundTrip func(r *http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answered(status int, body string) engine.Wire {
	return engine.Wire{Now: time.Now, HTTP: roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
	})}
}
