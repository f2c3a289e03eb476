package cmd_test

import (
	"cmp"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"authctl/internal/engine"
	"authctl/internal/fakes"
)

// unserving is one state in which an engine does not serve, at a machine that
// knew it well until then.
type unserving struct {
	store    string // the head of the profiles file, with PATH in it
	server   *httptest.Server
	set      func()
	path     string
	says     string
	hint     string
	atWrites bool
}

// unservings are the states of docs/fleet.md, "When the engine does not serve".
// That an answer is lost after it came is TestTheEngineGoesAwayAfterTheRequest;
// what lasts 2 minutes, TestAClaimThatLastsIsNamed and TestOthersAreAlwaysQuicker.
func unservings() map[string]unserving {
	all := map[string]unserving{}
	vault := func(name string, c fakes.Trouble[*fakes.Vault], end func(*httptest.Server)) {
		v := fakes.NewVault()
		v.Allow("hush")
		s := v.Serve(0)
		all["vault: "+name] = unserving{
			"{kind: vault, address: " + s.URL + ", path: PATH, token: env:ENGINE_TOKEN, key: env:FLEET_KEY}", s,
			func() { c.Set(v); end(s) }, cmp.Or(c.Path, "secret/authctl"), string(c.State), c.Hint, c.AtWrites,
		}
	}
	cluster := func(name string, c fakes.Trouble[*fakes.Kubernetes], end func(*httptest.Server)) {
		k := fakes.NewKubernetes()
		k.Allow("hush")
		s := k.Serve()
		all["kubernetes: "+name] = unserving{
			"{kind: kubernetes, address: [" + s.URL + "], namespace: ns, token: env:ENGINE_TOKEN, key: env:FLEET_KEY}", s,
			func() { c.Set(k); end(s) }, "", string(c.State), c.Hint, c.AtWrites,
		}
	}
	lives, dies := func(*httptest.Server) {}, func(s *httptest.Server) { s.CloseClientConnections(); s.Close() }
	for name, c := range fakes.VaultTroubles() {
		vault(name, c, lives)
	}
	for name, c := range fakes.KubernetesTroubles() {
		cluster(name, c, lives)
	}
	vault("nobody listens", fakes.Trouble[*fakes.Vault]{Set: func(*fakes.Vault) {}, State: engine.Unreachable, Hint: "store.address"}, dies)
	cluster("nobody listens", fakes.Trouble[*fakes.Kubernetes]{Set: func(*fakes.Kubernetes) {}, State: engine.Unreachable, Hint: "store.address"}, dies)
	return all
}

// While an engine does not serve, whatever needs it ends with exit 6, one line and
// a hint; nothing is sent to the provider, and no other store takes its place.
func TestWhenTheEngineDoesNotServe(t *testing.T) {
	for name, c := range unservings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Cleanup(c.server.Close)
			profiles := demo + "  job:\n    token_url: ISSUER/token\n    insecure_http: true\n    client: {id: app, auth: none}\n    grant: client_credentials\n"
			d := newDesk(t, "store: "+strings.Replace(c.store, "PATH", "secret/authctl", 1)+"\n"+profiles)
			delete(d.env, "AUTHCTL_STORE")
			d.env["FLEET_KEY"], d.env["ENGINE_TOKEN"] = fleetKey, "hush"
			d.must(d.run(t.Context(), "login-pkce"), 0)
			d.moveStore(c.path)
			asked := len(d.server.Seen("/token"))
			c.set()
			all, timeout := [][]string{{"token", "-p", "job"}, {"login-pkce"}, {"token", "--force"}, {"logout"}, {"status"}, {"refresh"}, {"exchange", "--subject-token", "-"}}, "30s"
			if slices.Contains([]string{string(engine.Unreachable), string(engine.Unready), string(engine.Sealed)}, c.says) {
				all, timeout = all[:4], "500ms" // which they are waited for
			}
			for _, args := range all {
				if !c.meets(args) {
					continue
				}
				d.in = strings.NewReader("eyJhbGciOiJub25lIn0.e30.x")
				d.sees(d.must(d.run(t.Context(), append(args, "--timeout", timeout)...), 6), args, c.says, c.hint)
			}
			if n := len(d.server.Seen("/token")) - asked; n != 0 {
				t.Errorf("%d requests to the provider", n)
			}
			if n := d.records(); n != 0 {
				t.Errorf("%d records in another store", n)
			}
		})
	}
}

// meets is false where args do not come across it.
func (c unserving) meets(args []string) bool {
	switch {
	case c.atWrites: // what only reads finds nothing there
		return args[len(args)-1] == "job" || args[0] == "login-pkce"
	case c.says == string(engine.Foreign): // of one record: a list goes on without it
		return args[0] != "status" && args[0] != "logout"
	}
	return true
}

// moveStore has store.path be that.
func (d *desk) moveStore(path string) {
	d.t.Helper()
	raw, err := os.ReadFile(d.env["AUTHCTL_CONFIG"])
	if err == nil && path != "" {
		err = os.WriteFile(d.env["AUTHCTL_CONFIG"], []byte(strings.Replace(string(raw), "secret/authctl", path, 1)), 0o600)
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// sees: the outcome is one line with the state, and hints with the words.
func (d *desk) sees(o outcome, args []string, state, hint string) {
	d.t.Helper()
	line, hints, _ := strings.Cut(o.stderr, "\n")
	if !strings.HasPrefix(line, "authctl: ") || !strings.Contains(line, state) || !strings.Contains(hints, "hint: ") || !strings.Contains(hints, hint) || strings.Contains(o.stderr, "hush") {
		d.t.Errorf("%v: want %q and the hint %q:\n%s", args, state, hint, o.stderr)
	}
}
