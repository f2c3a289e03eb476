package cmd_test

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"authctl/internal/jwt"
	"authctl/internal/keys"
)

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

// docs/threats.md 25: while a person is awaited, others get and refresh the kept token.
func TestNobodyWaitsForAPerson(t *testing.T) {
	d := newDesk(t, demo)
	d.must(d.run(t.Context(), "login-pkce"), 0)
	d.mu.Lock()
	d.ahead = 10 * time.Minute // the token is stale
	d.mu.Unlock()
	d.browser.Before = func(string) bool {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if o := d.run(ctx, "token"); o.code != 0 {
			t.Errorf("token during a login: exit %d: %s", o.code, o.stderr)
		}
		return true
	}
	d.must(d.run(t.Context(), "login-pkce"), 0)
	if n := len(d.server.Seen("/token")); n != 3 {
		t.Errorf("%d requests, want two logins and a refresh", n)
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
