package cmd_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authctl/internal/fakes"
)

// viaProxy is a desk whose profile x has its server at https://as.test, which
// only a proxy finds: at the real server's address.
func viaProxy(t *testing.T, env map[string]string) *desk {
	t.Helper()
	d := &desk{t: t, home: t.TempDir(), in: strings.NewReader("")}
	file := filepath.Join(d.home, "profiles.yaml")
	d.env = map[string]string{"HOME": d.home, "AUTHCTL_CONFIG": file, "AUTHCTL_STORE": "none", "SECRET": "the-secret"}
	maps.Copy(d.env, env)
	text := "version: 1\nprofiles:\n  x:\n    token_url: https://as.test/token\n" +
		"    client: {id: x, auth: client_secret_post, secret: env:SECRET}\n    api: {hosts: [api.test]}\n    tls: {ca: \"file:ca.pem\"}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return d
}

// Issue 10, show 5: whatever is wrong with a proxy, token, doctor and -v name it
// and its variable, and nobody shows its password. A variable that cannot be
// read never means a direct connection, and 407 is asked once.
func TestProxyFaults(t *testing.T) {
	ca := newAuthority(t, "an authority")
	server := serveTLS(t, with(ca.server()), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, goodToken) }))
	for name, c := range map[string]struct {
		user, variable, value string // ADDR is a proxy's address
		code                  int
		says, hint            string
	}{
		"works":             {"me:canary", "HTTPS_PROXY", "http://me:canary@ADDR", 0, "through the proxy ADDR (HTTPS_PROXY)", ""},
		"dead":              {"", "https_proxy", "http://me:canary@127.0.0.1:1", 5, "the proxy 127.0.0.1:1 (https_proxy): nothing listens there", "check https_proxy"},
		"unknown host":      {"", "ALL_PROXY", "http://me:canary@no-such-proxy.invalid", 5, "the proxy no-such-proxy.invalid (ALL_PROXY): cannot find the host", "check ALL_PROXY"},
		"wants credentials": {"me:canary", "HTTPS_PROXY", "http://ADDR", 5, "the proxy ADDR (HTTPS_PROXY) wants credentials (HTTP 407)", "set HTTPS_PROXY to http://USER:PASSWORD@ADDR"},
		"wrong credentials": {"me:other", "HTTPS_PROXY", "http://me:canary@ADDR", 5, "the proxy ADDR (HTTPS_PROXY) refused the credentials in HTTPS_PROXY", "check user name and password in HTTPS_PROXY"},
		"an @ in it":        {"", "HTTPS_PROXY", "http://me:c@nary@ADDR", 3, "HTTPS_PROXY names no proxy: its user name or password holds a character that must be encoded", "@ as %40"},
		"a trailing blank":  {"", "https_proxy", "http://me:canary@ADDR ", 3, "https_proxy names no proxy: there is a blank", "take the blank out of https_proxy"},
	} {
		t.Run(name, func(t *testing.T) {
			proxy := fakes.NewProxy(server.Listener.Addr().String())
			defer proxy.Close()
			proxy.User = c.user
			fill := strings.NewReplacer("ADDR", proxy.Addr()).Replace
			value, says, hint := fill(c.value), fill(c.says), fill(c.hint)
			d := viaProxy(t, map[string]string{c.variable: value})
			copyFile(t, ca.file, filepath.Join(d.home, "ca.pem"))
			o := d.must(d.run(t.Context(), "token", "-p", "x", "-v"), c.code)
			if !strings.Contains(o.stderr, says) || !strings.Contains(o.stderr, hint) {
				t.Errorf("token: %s", o.stderr)
			}
			if c.user != "" && len(proxy.Asked()) != 1 {
				t.Errorf("the proxy was asked %q", proxy.Asked())
			}
			checked := d.run(t.Context(), "doctor", "-p", "x")
			if checked.code != c.code || !strings.Contains(checked.stdout, says) || !strings.Contains(checked.stdout, hint) {
				t.Errorf("doctor: exit %d: %s", checked.code, checked.stdout)
			}
			quiet := d.must(d.run(t.Context(), "token", "-p", "x"), c.code)
			if c.code != 0 && !strings.Contains(quiet.stderr, says) {
				t.Errorf("token without -v: %s", quiet.stderr)
			}
			for _, shown := range []string{o.stderr, quiet.stderr, checked.stdout, checked.stderr} {
				if strings.Contains(shown, "canary") || strings.Contains(shown, "nary@") || strings.Contains(shown, "the-secret") {
					t.Errorf("a secret is shown: %s", shown)
				}
			}
		})
	}
}

// NO_PROXY is honoured, also with a proxy that cannot be used.
func TestNoProxy(t *testing.T) {
	d := viaProxy(t, map[string]string{"HTTPS_PROXY": "http://u:p@ss@proxy", "NO_PROXY": "test"})
	ca := newAuthority(t, "an authority")
	copyFile(t, ca.file, filepath.Join(d.home, "ca.pem"))
	if o := d.must(d.run(t.Context(), "token", "-p", "x"), 5); !strings.Contains(o.stderr, "cannot find the host as.test") {
		t.Error(fmt.Sprint(o))
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
