package cmd_test

import (
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authctl/internal/fakes"
)

const fleetKey = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="

// shop is one more machine than the desk, with a home of its own, that has the
// same profiles file.
func (d *desk) shop() *desk {
	other := &desk{t: d.t, browser: d.browser, home: d.t.TempDir(), in: strings.NewReader(""), server: d.server, env: map[string]string{}}
	for name, value := range d.env {
		other.env[name] = strings.ReplaceAll(value, d.home, other.home)
	}
	other.env["AUTHCTL_CONFIG"] = d.env["AUTHCTL_CONFIG"]
	return other
}

// engines are those of the tests, each with the head of a profiles file that uses it.
func engines(t *testing.T) map[string]struct {
	head string
	seal func() // it serves nothing from now on
} {
	t.Helper()
	v, k := fakes.NewVault(), fakes.NewKubernetes()
	vault, api := v.Serve(0), k.Serve()
	t.Cleanup(vault.Close)
	t.Cleanup(api.Close)
	return map[string]struct {
		head string
		seal func()
	}{
		"vault":      {"store: {kind: vault, address: " + vault.URL + ", path: secret/authctl, token: env:ENGINE_TOKEN, key: env:FLEET_KEY}\n", func() { v.Seal(true) }},
		"kubernetes": {"store: {kind: kubernetes, address: [" + api.URL + "], namespace: ns, token: env:ENGINE_TOKEN, key: env:FLEET_KEY}\n", func() { k.Revoke("admin") }},
	}
}

// A person logs in on a laptop, and machines whose clocks are wrong use and renew
// the session; a logout anywhere is one everywhere.
func TestAPersonServesAFleet(t *testing.T) {
	for kind, engine := range engines(t) {
		t.Run(kind, func(t *testing.T) {
			laptop := newDesk(t, engine.head+demo)
			delete(laptop.env, "AUTHCTL_STORE")
			laptop.env["FLEET_KEY"], laptop.env["ENGINE_TOKEN"] = fleetKey, map[string]string{"vault": "root", "kubernetes": "admin"}[kind]
			pod := laptop.shop()
			pod.ahead = 2 * time.Hour
			laptop.must(laptop.run(t.Context(), "login-pkce"), 0)
			asked := len(laptop.server.Seen("/token"))
			mine := laptop.must(laptop.run(t.Context(), "token"), 0).stdout
			if got := pod.must(pod.run(t.Context(), "token"), 0).stdout; got != mine || len(laptop.server.Seen("/token")) != asked {
				t.Errorf("the pod has %q, the laptop %q", got, mine)
			}
			laptop.must(laptop.run(t.Context(), "status", "--prune"), 2) // what others may use
			pod.ahead = 0                                                // an id_token is judged by the machine's own clock
			next := pod.must(pod.run(t.Context(), "token", "--force"), 0).stdout
			if got := laptop.must(laptop.run(t.Context(), "token"), 0).stdout; got != next || next == mine {
				t.Errorf("the pod has %q, the laptop %q", next, got)
			}
			if got := pod.must(pod.run(t.Context(), "status"), 0); !regexp.MustCompile(`(?m)^demo .* `+kind+` [0-9a-f]{8}$`).MatchString(got.stdout) || !strings.Contains(got.stderr, "store "+kind+": http://127.0.0.1") {
				t.Errorf("%+v", got)
			} else if told := pod.must(pod.run(t.Context(), "status", "-o", "json"), 0).stdout; !strings.Contains(told, `"key":"`+regexp.MustCompile(`[0-9a-f]{8}\n`).FindString(got.stdout)[:8]+`"`) {
				t.Errorf("%s shows another key than %s", told, got.stdout)
			}
			if n := laptop.records() + pod.records(); n != 0 {
				t.Errorf("%d records on a machine", n)
			}
			if got := laptop.run(t.Context(), "doctor", "--offline"); !strings.Contains(got.stdout, "the token may do all that is needed") || !strings.Contains(got.stdout, "this profile is found by ") {
				t.Errorf("%+v", got)
			}
			pod.env["FLEET_KEY"] = strings.Replace(fleetKey, "a", "b", 1)
			if got := pod.must(pod.run(t.Context(), "token"), 6); !strings.Contains(got.stderr, "sealed under another key") {
				t.Errorf("%+v", got)
			}
			if got := pod.must(pod.run(t.Context(), "logout", "--all"), 0); !regexp.MustCompile(`^all profiles: nothing was forgotten; (one kept token cannot be opened here, and stays|\d kept tokens cannot be opened here, and stay)\n$`).MatchString(got.stdout) {
				t.Errorf("%+v", got)
			}
			delete(pod.env, "FLEET_KEY")
			pod.must(pod.run(t.Context(), "token"), 6)
			pod.env["FLEET_KEY"] = fleetKey
			pod.must(pod.run(t.Context(), "logout"), 0)
			laptop.must(laptop.run(t.Context(), "token"), 8)
			laptop.must(laptop.run(t.Context(), "login-pkce"), 0)
			asked = len(laptop.server.Seen("/token"))
			engine.seal()
			for _, args := range [][]string{{"token", "--force"}} {
				laptop.must(laptop.run(t.Context(), args...), 6)
			}
			if n := len(laptop.server.Seen("/token")); n != asked {
				t.Errorf("%d requests without a store", n-asked)
			}
		})
	}
}

// Twelve pods that start at once ask for one token; what is told in the
// environment alone is enough.
func TestPodsAskOnce(t *testing.T) {
	plain := fakes.NewVault().Serve(0)
	defer plain.Close()
	engine := httptest.NewTLSServer(plain.Config.Handler)
	defer engine.Close()
	authority := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: engine.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, "profiles:\n  job:\n    token_url: ISSUER/token\n    insecure_http: true\n    client: {id: app, auth: none}\n    grant: client_credentials\ndefault_profile: job\n")
	for name, value := range map[string]string{
		"AUTHCTL_STORE": "vault", "AUTHCTL_STORE_PATH": "secret/authctl", "AUTHCTL_STORE_KEY": fleetKey, "VAULT_ADDR": engine.URL, "VAULT_TOKEN": "root",
	} {
		d.env[name] = value
	}
	if got := d.must(d.run(t.Context(), "token"), 6); !strings.Contains(got.stderr, "store.ca_certificate is the certificate") {
		t.Errorf("%s", got.stderr)
	}
	d.env["VAULT_CACERT"] = authority
	d.env["VAULT_ADDR"] = strings.Replace(engine.URL, "127.0.0.1", "localhost", 1)
	if got := d.must(d.run(t.Context(), "token"), 6); !strings.Contains(got.stderr, "store.address names a host that the engine's certificate is not for") {
		t.Errorf("%s", got.stderr)
	}
	d.env["VAULT_ADDR"] = engine.URL
	var asked atomic.Int32
	d.server.Token = func(w http.ResponseWriter, _ map[string]string) bool {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"access_token":"t%d","token_type":"Bearer","expires_in":3600}`, asked.Add(1))
		return true
	}
	var wg sync.WaitGroup
	for range 12 {
		pod := d.shop()
		wg.Go(func() {
			if got := pod.run(t.Context(), "token"); got.code != 0 || strings.TrimSpace(got.stdout) != "t1" {
				t.Errorf("%+v", got)
			}
		})
	}
	wg.Wait()
	if asked.Load() != 1 {
		t.Errorf("%d requests", asked.Load())
	}
}

// What is wrong with store: is told before anything is asked, and no other
// store takes its place.
func TestAWrongStoreIsNoStore(t *testing.T) {
	for name, tt := range map[string]struct{ head, says string }{
		"a member":             {"store: {kind: vault, adresse: https://v.example}", `did you mean "address"`},
		"no address":           {"store: {kind: vault, path: secret/a, key: env:K, token: env:K}", "the store has no address"},
		"no TLS":               {"store: {kind: vault, address: http://v.example, path: secret/a}", "has no TLS"},
		"no path":              {"store: {kind: vault, address: https://v.example}", "store.path names no mount"},
		"no pod":               {"store: kubernetes", "this is no pod"},
		"two logins":           {"store: {kind: vault, auth: {jwt: {role: a, token: env:A}, approle: {role_id: b, secret_id: env:B}}}", "store.auth: has more than one of jwt, kubernetes and approle"},
		"no token to log in":   {"store: {kind: vault, auth: {jwt: {role: a}}}", "profiles.yaml:1:29: store.auth.jwt: token is missing"},
		"no secret_id":         {"store: {kind: vault, auth: {approle: {role_id: a}}}", "store.auth.approle: secret_id is missing"},
		"a short takeover":     {"store: {kind: vault, takeover: 10s}", "must be never, or a time of 1m30s or more"},
		"on_outage":            {"store: {kind: vault, on_outage: perhaps}", "must be one of fail, ask"},
		"an engine for a file": {"store: {kind: file, address: https://v.example}", "file takes no other field"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, tt.head+"\n"+demo)
			delete(d.env, "AUTHCTL_STORE")
			if got := d.must(d.run(t.Context(), "token"), 3); !strings.Contains(got.stderr, tt.says) {
				t.Errorf("%s", got.stderr)
			}
			if n := d.records(); n != 0 {
				t.Errorf("%d records", n)
			}
		})
	}
}

// The key is the administrator's, and what it says never leaves with a program
// that authctl runs.
func TestTheStoresSecretsStayHere(t *testing.T) {
	v := fakes.NewVault()
	engine := v.Serve(0)
	defer engine.Close()
	d := newDesk(t, "store: {kind: vault, address: "+engine.URL+", path: secret/a}\n"+strings.Replace(demo, "grant: authorization_code", "grant: client_credentials", 1))
	delete(d.env, "AUTHCTL_STORE")
	key := filepath.Join(d.home, "key")
	if err := os.WriteFile(key, []byte(fleetKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.env["AUTHCTL_STORE_KEY"], d.env["VAULT_TOKEN"] = fleetKey, "root"
	d.server.Token = func(w http.ResponseWriter, _ map[string]string) bool {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"t","token_type":"Bearer","expires_in":3600}`)
		return true
	}
	d.run(t.Context(), "exec", "--", "true")
	if len(d.became) != 2 {
		t.Fatalf("ran %v", d.became)
	}
	for _, line := range d.became[1] {
		if strings.HasPrefix(line, "AUTHCTL_STORE_KEY=") || strings.HasPrefix(line, "VAULT_TOKEN=") {
			t.Errorf("it was given %s", line)
		}
	}
	delete(d.env, "AUTHCTL_STORE_KEY")
	d.env["AUTHCTL_STORE_KEY_FILE"] = key
	d.must(d.run(t.Context(), "token"), 0) // kept: the same key
}

// While the engine is away, what costs nobody anything is asked for where that was
// chosen; a session is not.
func TestOnOutage(t *testing.T) {
	v := fakes.NewVault()
	engine := v.Serve(0)
	head := "store: {kind: vault, address: " + engine.URL + ", path: secret/a, token: env:T, key: env:K, on_outage: ask}\n"
	d := newDesk(t, head+strings.Replace(demo, "grant: authorization_code", "grant: client_credentials", 1)+strings.Replace(strings.SplitN(demo, "profiles:\n", 2)[1], "demo:", "person:", 1))
	delete(d.env, "AUTHCTL_STORE")
	d.env["K"], d.env["T"] = fleetKey, "root"
	d.server.Token = func(w http.ResponseWriter, _ map[string]string) bool {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"t","token_type":"Bearer","expires_in":3600}`)
		return true
	}
	engine.Close()
	got := d.must(d.run(t.Context(), "token", "--timeout", "1s"), 0)
	if n := strings.Count(got.stderr, "warning"); n != 1 || !strings.Contains(got.stderr, "asked for and not kept") {
		t.Errorf("%s", got.stderr)
	}
	asked := len(d.server.Seen("/token"))
	d.must(d.run(t.Context(), "token", "-p", "person"), 6)
	for _, args := range [][]string{{"refresh"}, {"refresh", "--refresh-token", "-"}, {"exchange", "--subject-token", "-"}, {"login-pkce"}, {"status"}, {"logout"}} {
		d.in = strings.NewReader("eyJhbGciOiJub25lIn0.e30.x")
		began := time.Now()
		if got := d.must(d.run(t.Context(), append(args, "--timeout", "200ms")...), 6); !strings.Contains(got.stderr, "the engine does not answer") {
			t.Errorf("%v: %s", args, got.stderr)
		}
		if took := time.Since(began); took > 2500*time.Millisecond { // 3 s without --timeout
			t.Errorf("%v took %s", args, took)
		}
	}
	if n := len(d.server.Seen("/token")); n != asked {
		t.Errorf("%d requests", n-asked)
	}
}

// Runs on one machine log in at the engine once, and what they keep of it is sealed.
func TestALoginAtTheEngineIsKept(t *testing.T) {
	v := fakes.NewVault()
	logins := 0
	v.Instead = func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/login") {
			logins++
		}
		return false
	}
	engine := v.Serve(0)
	defer engine.Close()
	d := newDesk(t, "store: {kind: vault, address: "+engine.URL+", path: secret/a, auth: {jwt: {role: ci, token: env:T}}, key: env:K}\n"+demo)
	delete(d.env, "AUTHCTL_STORE")
	d.env["K"], d.env["T"] = fleetKey, "good"
	for range 3 {
		d.must(d.run(t.Context(), "token"), 8)
	}
	if logins != 1 {
		t.Errorf("%d logins", logins)
	}
	kept, _ := filepath.Glob(filepath.Join(d.home, "state", "authctl", "engine", "token-*"))
	if len(kept) != 1 {
		t.Fatalf("kept %v", kept)
	}
	if raw, err := os.ReadFile(kept[0]); err != nil || strings.Contains(string(raw), "s.1") || strings.Contains(string(raw), "\"t\"") {
		t.Errorf("%q %v", raw, err)
	}
	d.ahead = 31 * time.Minute // half of its life is over
	d.must(d.run(t.Context(), "token"), 8)
	d.ahead = 0
	v.Revoke("s.2")
	d.must(d.run(t.Context(), "token"), 8)
	if logins != 3 {
		t.Errorf("%d logins", logins)
	}
}

// The store's own secrets are kept under the name store; one that is missing is
// not looked for in that same store.
func TestTheStoresOwnSecretsInTheKeyring(t *testing.T) {
	engine := fakes.NewVault().Serve(0)
	defer engine.Close()
	head := "store: {kind: vault, address: " + engine.URL + ", path: secret/a, token: keyring:engine, key: keyring:fleet}\n"
	d := newDesk(t, head+strings.Replace(demo, "grant: authorization_code", "grant: client_credentials", 1))
	delete(d.env, "AUTHCTL_STORE")
	d.ring = &fakes.Keyring{}
	for _, own := range []struct {
		name, value string
		code        int
	}{{"engine", "root", 3}, {"fleet", fleetKey, 6}} {
		r := d.run(t.Context(), "token")
		if d.must(r, own.code); !strings.Contains(r.stderr, "keyring:"+own.name) || !strings.Contains(r.stderr, "hint: authctl secret set "+own.name+" --profile store") {
			t.Errorf("without %s:\n%s", own.name, r.stderr)
		}
		d.in = strings.NewReader(own.value + "\n")
		r = d.run(t.Context(), "secret", "set", own.name, "-p", "store")
		if d.must(r, 0); strings.Contains(r.stderr, "note:") {
			t.Errorf("told of it: %s", r.stderr)
		}
	}
	d.server.Token = func(w http.ResponseWriter, _ map[string]string) bool {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"t","token_type":"Bearer","expires_in":3600}`)
		return true
	}
	d.must(d.run(t.Context(), "token"), 0)

	d = newDesk(t, strings.Replace(head, "keyring:fleet", "written", 1)+demo)
	delete(d.env, "AUTHCTL_STORE")
	if r := d.must(d.run(t.Context(), "token"), 3); !strings.Contains(r.stderr, "authctl secret set store_key -p store") {
		t.Errorf("written into the file:\n%s", r.stderr)
	}
}
