package cmd_test

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"authctl/internal/fakes"
	"authctl/internal/jwt"
	"authctl/internal/keys"
)

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

// TestRefreshBelievesNothingUnverified: the id_token of a refresh is looked at as that of the login.
func TestRefreshBelievesNothingUnverified(t *testing.T) {
	for name, breakIt := range map[string]func(s *fakes.AuthServer){
		"alg none": func(s *fakes.AuthServer) {
			s.Sign = func(map[string]any) (string, error) { return "eyJhbGciOiJub25lIn0.e30.", nil }
		},
		"another person": func(s *fakes.AuthServer) { s.IDToken = func(c map[string]any) { c["sub"] = "mallory" } },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, demo)
			d.must(d.run(t.Context(), "login-pkce"), 0)
			first := d.must(d.run(t.Context(), "token", "--select", "id_token"), 0)
			breakIt(d.server)
			d.must(d.run(t.Context(), "token", "--force"), 7)
			if again := d.must(d.run(t.Context(), "token", "--select", "id_token"), 0); again.stdout != first.stdout {
				t.Errorf("the id_token became %s", again.stdout)
			}
			d.server.Sign, d.server.IDToken = nil, nil
			d.must(d.run(t.Context(), "token", "--force"), 0) // the session goes on
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
		"no such PAR endpoint":  {profile: [2]string{"    grant:", "    par_url: ISSUER/gone\n    grant:"}, code: 4, says: "check par_url in profile demo"},
		"a dead PAR endpoint":   {profile: [2]string{"    grant:", "    par_url: http://127.0.0.1:1/par\n    grant:"}, code: 5, says: "check host and port of par_url"},
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
