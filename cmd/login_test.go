package cmd_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/cmd"
	"authctl/internal/app"
	"authctl/internal/fakes"
	"authctl/internal/jwt"
	"authctl/internal/keys"
)

// desk is one user's machine: a profiles file, a store, a browser and a server.
type desk struct {
	t       *testing.T
	server  *fakes.AuthServer
	browser *fakes.Browser
	home    string
	env     map[string]string
	in      io.Reader
	typing  bool          // stdin is a terminal
	ahead   time.Duration // of the clock
	mu      sync.Mutex
}

const demo = `version: 1
default_profile: demo
profiles:
  demo:
    issuer: ISSUER
    client: {id: app, auth: none}
    grant: authorization_code
    scopes: [openid, offline_access]
`

func newDesk(t *testing.T, profiles string) *desk {
	t.Helper()
	server, err := fakes.NewAuthServer()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	d := &desk{t: t, server: server, browser: &fakes.Browser{}, home: t.TempDir(), in: strings.NewReader("")}
	server.Now = d.now
	file := filepath.Join(d.home, "profiles.yaml")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(profiles, "ISSUER", server.URL)), 0o600); err != nil {
		t.Fatal(err)
	}
	d.env = map[string]string{
		"HOME": d.home, "XDG_STATE_HOME": filepath.Join(d.home, "state"), "XDG_CACHE_HOME": filepath.Join(d.home, "cache"),
		"XDG_CONFIG_HOME": filepath.Join(d.home, "config"), "AUTHCTL_CONFIG": file, "AUTHCTL_STORE": "file",
	}
	return d
}

func (d *desk) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Now().Add(d.ahead)
}

// outcome is what a user sees of one command.
type outcome struct {
	code           int
	stdout, stderr string
}

func (d *desk) run(ctx context.Context, args ...string) outcome {
	var stderr bytes.Buffer
	o := d.runTo(ctx, &stderr, args...)
	o.stderr = stderr.String()
	return o
}

func (d *desk) runTo(ctx context.Context, stderr io.Writer, args ...string) outcome {
	var stdout bytes.Buffer
	code := cmd.Main(ctx, app.System{
		In: d.in, Out: &stdout, Err: stderr, Now: d.now, Rand: rand.Reader, Browser: d.browser,
		Env:        func(name string) (string, bool) { v, ok := d.env[name]; return v, ok },
		IsTerminal: func(fd int) bool { return fd == 0 && d.typing },
	}, args)
	return outcome{code: code, stdout: stdout.String()}
}

// records counts what the store keeps.
func (d *desk) records() int {
	n := 0
	_ = filepath.WalkDir(filepath.Join(d.home, "state", "authctl", "records"), func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return nil
	})
	return n
}

func (d *desk) must(o outcome, code int) outcome {
	d.t.Helper()
	if o.code != code || code != 0 && o.stdout != "" {
		d.t.Fatalf("exit %d, wanted %d\nstdout: %s\nstderr: %s", o.code, code, o.stdout, o.stderr)
	}
	return o
}

func TestLoginKeepsASessionThatTokenUses(t *testing.T) {
	d := newDesk(t, demo)
	o := d.must(d.run(t.Context(), "login-pkce", "-v", "--timeout", "10s"), 0)
	if !strings.HasPrefix(o.stdout, "access-") || strings.Count(o.stdout, "\n") != 1 {
		t.Errorf("stdout %q", o.stdout)
	}
	asked := d.server.Seen("/token")[0].Params
	for _, secret := range []string{asked["code"], asked["code_verifier"], strings.TrimSpace(o.stdout)} {
		if strings.Contains(o.stderr, secret) {
			t.Errorf("stderr shows %q:\n%s", secret, o.stderr)
		}
	}
	if again := d.must(d.run(t.Context(), "token"), 0); again.stdout != o.stdout || len(d.server.Seen("/token")) != 1 {
		t.Errorf("token gave %q and asked the server %d times", again.stdout, len(d.server.Seen("/token")))
	}
	d.mu.Lock()
	d.ahead = 10 * time.Minute
	d.mu.Unlock()
	if later := d.must(d.run(t.Context(), "token"), 0); later.stdout == o.stdout || d.server.Seen("/token")[1].Params["grant_type"] != "refresh_token" {
		t.Errorf("after expiry %q", later.stdout)
	}
	if end := d.must(d.run(t.Context(), "logout"), 0); !strings.Contains(end.stderr, "\n  "+d.server.URL+"/logout?client_id=app\n") {
		t.Errorf("logout says %s", end.stderr)
	}
	if pages := d.browser.Pages(); len(pages) != 1 || !strings.Contains(pages[0], "You are logged in") || !strings.Contains(pages[0], "demo") {
		t.Errorf("pages %q", pages)
	}
}

func TestLoginFlagsReachTheServer(t *testing.T) {
	d := newDesk(t, strings.Replace(demo, "    grant:", `    login:
      redirect_uri: http://localhost:0/cb
      params: [{name: request_scope, value: idtoken email}, {name: prompt, value: none}, {name: max_age, value: 600}]
    grant:`, 1))
	d.server.IDToken = func(c map[string]any) { c["auth_time"] = time.Now().Unix() }
	d.must(d.run(t.Context(), "login-pkce", "--prompt", "login", "--login-hint", "a@b.example", "--acr-values", "x y", "-q", "--timeout", "10s"), 0)
	asked := d.server.Seen("/authorize")[0].Params
	for name, want := range map[string]string{
		"prompt": "login", "login_hint": "a@b.example", "acr_values": "x y", "request_scope": "idtoken email",
		"scope": "openid offline_access", "max_age": "600",
	} {
		if asked[name] != want {
			t.Errorf("%s=%q", name, asked[name])
		}
	}
	if !strings.HasPrefix(asked["redirect_uri"], "http://localhost:") {
		t.Errorf("redirect_uri %q", asked["redirect_uri"])
	}
}

// TestLoginBelievesNothingUnverified is every way an answer or an id_token can
// be wrong: exit 7, nothing printed, nothing kept.
func TestLoginBelievesNothingUnverified(t *testing.T) {
	foreign, err := keys.Generate("ES256", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	claim := func(name string, value any) func(*fakes.AuthServer) {
		return func(s *fakes.AuthServer) { s.IDToken = func(c map[string]any) { c[name] = value } }
	}
	tests := map[string]func(s *fakes.AuthServer){
		"wrong nonce":     claim("nonce", "x"),
		"wrong iss claim": claim("iss", "https://evil.example"),
		"wrong aud":       claim("aud", "other"),
		"wrong azp":       claim("azp", "other"),
		"wrong at_hash":   claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"),
		"expired":         claim("exp", time.Now().Add(-time.Hour).Unix()),
		"iat to come":     claim("iat", time.Now().Add(time.Hour).Unix()),
		"no nonce":        func(s *fakes.AuthServer) { s.IDToken = func(c map[string]any) { delete(c, "nonce") } },
		"no exp":          func(s *fakes.AuthServer) { s.IDToken = func(c map[string]any) { delete(c, "exp") } },
		"foreign key": func(s *fakes.AuthServer) {
			s.Sign = func(c map[string]any) (string, error) {
				return jwt.Sign(foreign, "ES256", map[string]any{"kid": "k1"}, c)
			}
		},
		"unknown kid": func(s *fakes.AuthServer) {
			s.Sign = func(c map[string]any) (string, error) {
				return jwt.Sign(foreign, "ES256", map[string]any{"kid": "k2"}, c)
			}
		},
		"alg none": func(s *fakes.AuthServer) {
			s.Sign = func(map[string]any) (string, error) { return "eyJhbGciOiJub25lIn0.e30.", nil }
		},
		"no id_token": func(s *fakes.AuthServer) { s.Sign = func(map[string]any) (string, error) { return "", nil } },
		"wrong iss":   func(s *fakes.AuthServer) { s.Callback = func(q url.Values) { q.Set("iss", s.URL+"/") } },
		"missing iss": func(s *fakes.AuthServer) { s.Callback = func(q url.Values) { q.Del("iss") } },
	}
	for name, breakIt := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, demo)
			breakIt(d.server)
			o := d.must(d.run(t.Context(), "login-pkce"), 7)
			if d.records() != 0 {
				t.Error("something is kept")
			}
			if strings.HasSuffix(name, "iss") && len(d.server.Seen("/token")) != 0 {
				t.Error("a mixed-up code was redeemed")
			}
			if pages := d.browser.Pages(); len(pages) != 1 || !strings.Contains(pages[0], "could not be verified") {
				t.Errorf("the page says %q", pages)
			}
			if strings.Contains(o.stderr, "access-") {
				t.Errorf("stderr %s", o.stderr)
			}
			d.must(d.run(t.Context(), "token"), 8)
		})
	}
}

func TestLoginRefusals(t *testing.T) {
	tests := map[string]struct {
		profile [2]string // replacement in demo
		breakIt func(d *desk)
		args    []string
		code    int
		says    string
		opened  int
	}{
		"declined": {breakIt: func(d *desk) {
			d.server.Callback = func(q url.Values) { q.Del("code"); q.Set("error", "access_denied") }
		}, code: 4, says: "access_denied", opened: 1},
		"code refused": {breakIt: func(d *desk) {
			d.server.Token = func(w http.ResponseWriter, _ map[string]string) bool {
				http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
				return true
			}
		}, code: 4, says: "invalid_grant", opened: 1},
		"server down at the end": {breakIt: func(d *desk) {
			d.server.Token = func(w http.ResponseWriter, _ map[string]string) bool {
				http.Error(w, "busy", http.StatusServiceUnavailable)
				return true
			}
		}, code: 5, says: "503", opened: 1},
		"store that cannot keep": {breakIt: func(d *desk) { d.env["AUTHCTL_STORE_KEY_FILE"] = "/nonexistent" }, code: 6, says: "store"},
		"nobody comes": {
			breakIt: func(d *desk) { d.browser.Before = func(string) bool { return false } },
			args:    []string{"--timeout", "50ms"}, code: 8, says: "nobody logged in", opened: 1,
		},
		"plain http":            {profile: [2]string{"    grant:", "    authorize_url: http://as.example/authorize\n    grant:"}, code: 3, says: "http"},
		"no PAR endpoint":       {profile: [2]string{"    grant:", "    login: {pushed: require}\n    grant:"}, code: 3, says: "par_url"},
		"openid without issuer": {profile: [2]string{"issuer: ISSUER", "authorize_url: ISSUER/authorize\n    token_url: ISSUER/token\n    jwks_url: ISSUER/jwks"}, code: 3, says: "issuer"},
		"a redirect elsewhere":  {profile: [2]string{"    grant:", "    login: {redirect_uri: 'https://app.example/cb'}\n    grant:"}, code: 2, says: "--paste"},
		"wrong port":            {args: []string{"--port", "99999"}, code: 2, says: "port"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, strings.Replace(demo, tt.profile[0], tt.profile[1], 1))
			if tt.breakIt != nil {
				tt.breakIt(d)
			}
			o := d.must(d.run(t.Context(), append([]string{"login-pkce"}, tt.args...)...), tt.code)
			if !strings.Contains(o.stderr, tt.says) || len(d.browser.Opened()) != tt.opened || d.records() != 0 {
				t.Errorf("opened %d, records %d, stderr %s", len(d.browser.Opened()), d.records(), o.stderr)
			}
			if n := len(d.server.Seen("/token")); n > 1 {
				t.Errorf("the code was sent %d times", n)
			}
		})
	}
}

func TestLoginBindsTheCodeToTheDPoPKey(t *testing.T) {
	d := newDesk(t, strings.Replace(demo, "    grant:", "    dpop: {enabled: true}\n    api: {scheme: DPoP}\n    grant:", 1))
	second := make(chan outcome, 1)
	d.browser.Before = func(string) bool {
		go func() {
			second <- d.run(context.WithoutCancel(t.Context()), "login-pkce", "-o", "headers", "--for", "GET https://api.example.org/")
		}()
		time.Sleep(300 * time.Millisecond)
		return true
	}
	d.must(d.run(t.Context(), "login-pkce"), 0)
	asked, proof := d.server.Seen("/authorize")[0].Params["dpop_jkt"], d.server.Seen("/token")[0].Header.Get("DPoP")
	if jkt := thumbprint(t, proof); jkt != asked {
		t.Errorf("asked for %q, proved %q", asked, jkt)
	}
	shared := d.must(<-second, 0)
	if _, proof, _ := strings.Cut(shared.stdout, "DPoP: "); thumbprint(t, strings.TrimSpace(proof)) != asked {
		t.Errorf("the second login proves another key: %s", shared.stdout)
	}
}

// thumbprint is that of the key in a DPoP proof.
func thumbprint(t *testing.T, proof string) string {
	t.Helper()
	parsed, err := jwt.Parse(proof)
	if err != nil {
		t.Fatal(err)
	}
	key, err := keys.Load(parsed.Header.Raw("jwk"), keys.Options{})
	if err != nil {
		t.Fatal(err)
	}
	jkt, err := key.Thumbprint()
	if err != nil {
		t.Fatal(err)
	}
	return jkt
}

func TestLoginPushedWithJSONAndOmit(t *testing.T) {
	d := newDesk(t, strings.Replace(demo, "    grant:", `    par_url: ISSUER/par
    dpop: {enabled: true}
    login: {params: [{name: request_scope, value: idtoken email}]}
    request: {encoding: json, omit: [redirect_uri]}
    grant:`, 1))
	d.must(d.run(t.Context(), "login-pkce", "--timeout", "10s"), 0)
	pushed := d.server.Seen("/par")[0]
	if pushed.Params["code_challenge_method"] != "S256" || pushed.Params["request_scope"] != "idtoken email" || pushed.Params["redirect_uri"] == "" {
		t.Errorf("pushed %v", pushed.Params)
	}
	if got := d.server.Seen("/authorize")[0].Params; len(got) != 2 || got["request_uri"] == "" || got["client_id"] != "app" {
		t.Errorf("the browser carries %v", got)
	}
	redeemed := d.server.Seen("/token")[0]
	if redeemed.Header.Get("Content-Type") != "application/json" || redeemed.Params["redirect_uri"] != "" || redeemed.Params["client_id"] != "app" {
		t.Errorf("redeemed with %v", redeemed.Params)
	}
	if a, b := pushed.Header.Get("DPoP"), redeemed.Header.Get("DPoP"); a == "" || b == "" || a == b {
		t.Error("each request needs a DPoP proof of its own")
	}
}

func TestTwoLoginsOpenOneBrowser(t *testing.T) {
	d := newDesk(t, demo)
	second := make(chan outcome, 1)
	d.browser.Before = func(string) bool {
		// While the first waits for its person, the second begins.
		go func() { second <- d.run(context.WithoutCancel(t.Context()), "login-pkce") }()
		time.Sleep(300 * time.Millisecond)
		return true
	}
	first := d.must(d.run(t.Context(), "login-pkce"), 0)
	other := d.must(<-second, 0)
	if len(d.browser.Opened()) != 1 || first.stdout != other.stdout || !strings.Contains(other.stderr, "Another login of demo is in progress") {
		t.Errorf("%d windows, %q and %q; stderr %s", len(d.browser.Opened()), first.stdout, other.stdout, other.stderr)
	}
}

func TestInterruptAnywhereKeepsNothing(t *testing.T) {
	for _, at := range []string{"/.well-known/openid-configuration", "browser", "waiting", "/token"} {
		t.Run(at, func(t *testing.T) {
			d := newDesk(t, demo)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			stop := make(chan struct{})
			defer close(stop)
			d.browser.Before = func(string) bool {
				switch at {
				case "browser":
					cancel()
				case "waiting":
					time.AfterFunc(50*time.Millisecond, cancel)
				}
				return at == "/token"
			}
			hang := func() { cancel(); <-stop }
			switch at {
			case "/token":
				d.server.Token = func(http.ResponseWriter, map[string]string) bool { hang(); return true }
			case "/.well-known/openid-configuration":
				d.server.Document = func(map[string]any) { hang() }
			}
			began := time.Now()
			o := d.must(d.run(ctx, "login-pkce", "-v"), 130)
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
			if d.records() != 0 || !strings.Contains(o.stderr, "interrupted") {
				t.Errorf("records %d, stderr %s", d.records(), o.stderr)
			}
			for _, address := range d.browser.Opened() {
				u, _ := url.Parse(address)
				back, _ := url.Parse(u.Query().Get("redirect_uri"))
				if conn, err := net.Dial("tcp", back.Host); err == nil {
					conn.Close()
					t.Error("the port is still open")
				}
			}
		})
	}
}

func TestLoginByPaste(t *testing.T) {
	d := newDesk(t, strings.Replace(demo, "    grant:", "    login: {redirect_uri: 'https://app.example/cb'}\n    grant:", 1))
	in, out := io.Pipe()
	d.in = in
	d.browser.Before = func(address string) bool {
		go func() {
			client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			resp, err := client.Get(address)
			if err != nil {
				return
			}
			resp.Body.Close()
			fmt.Fprintln(out, resp.Header.Get("Location"))
			out.Close()
		}()
		return false
	}
	if o := d.must(d.run(t.Context(), "login-pkce", "--paste"), 0); !strings.HasPrefix(o.stdout, "access-") {
		t.Errorf("stdout %q", o.stdout)
	}
}

func TestOverSSHTheAddressIsShown(t *testing.T) {
	d := newDesk(t, demo)
	d.env["SSH_CONNECTION"] = "10.0.0.1 1 10.0.0.2 22"
	d.browser.Before = func(string) bool { t.Error("a browser was opened"); return false }
	o := d.must(d.run(t.Context(), "login-pkce", "--no-browser", "--timeout", "50ms"), 8)
	for _, want := range []string{"Open this address", d.server.URL + "/authorize?", "ssh -L ", "--paste", "login-device"} {
		if !strings.Contains(o.stderr, want) {
			t.Errorf("stderr lacks %q: %s", want, o.stderr)
		}
	}
}

// TestOverSSHAPersonMayPaste: with a terminal and no browser here, both ways
// back are open, the port and the paste.
func TestOverSSHAPersonMayPaste(t *testing.T) {
	d := newDesk(t, demo)
	d.env["SSH_TTY"], d.typing = "/dev/pts/1", true
	in, out := io.Pipe()
	d.in = in
	var stderr syncBuffer
	go func() {
		address := stderr.waitFor("  " + d.server.URL + "/authorize?")
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := client.Get(address)
		if err == nil {
			resp.Body.Close()
			fmt.Fprintln(out, "oops")
			fmt.Fprintln(out, resp.Header.Get("Location"))
		}
	}()
	o := d.must(d.runTo(t.Context(), &stderr, "login-pkce", "--no-browser", "--timeout", "10s"), 0)
	if !strings.HasPrefix(o.stdout, "access-") || !strings.Contains(stderr.String(), "That is not it") {
		t.Errorf("stdout %q, stderr %s", o.stdout, &stderr)
	}
}

// syncBuffer is a stderr that is read while it is written.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// waitFor gives the rest of the line that begins with start, with it, trimmed.
func (s *syncBuffer) waitFor(start string) string {
	for {
		for line := range strings.Lines(s.String()) {
			if strings.HasPrefix(line, start) && strings.HasSuffix(line, "\n") {
				return strings.TrimSpace(line)
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestLoginDevice(t *testing.T) {
	d := newDesk(t, demo)
	pending := 2
	d.server.Token = func(w http.ResponseWriter, p map[string]string) bool {
		if pending--; pending < 0 || p["grant_type"] == "refresh_token" {
			return false
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"authorization_pending"}`)
		return true
	}
	o := d.must(d.run(t.Context(), "login-device"), 0)
	if !strings.HasPrefix(o.stdout, "access-") || !strings.Contains(o.stderr, "ABCD-EFGH") || !strings.Contains(o.stderr, "█") {
		t.Errorf("stdout %q, stderr %s", o.stdout, o.stderr)
	}
	if n := len(d.server.Seen("/token")); n != 3 {
		t.Errorf("asked %d times", n)
	}
	if again := d.must(d.run(t.Context(), "token"), 0); again.stdout != o.stdout {
		t.Errorf("token gave %q", again.stdout)
	}
	d.server.IDToken = func(c map[string]any) { c["aud"] = "other" }
	bad := newDesk(t, demo)
	bad.server.IDToken = d.server.IDToken
	bad.must(bad.run(t.Context(), "login-device"), 7)
	if bad.records() != 0 {
		t.Error("something is kept")
	}
}
