package cmd_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"authctl/internal/fakes"
	"authctl/internal/host"
)

// atDesk is a person at a terminal, who knows a password and a code.
func atDesk(t *testing.T, password, code string) (*desk, *[]string) {
	t.Helper()
	d, asked := newDesk(t, strings.Replace(demo, "authorization_code", "password", 1)), &[]string{}
	d.typing, d.in = true, strings.NewReader("alice\n")
	d.prompt = func(label string) (string, error) {
		*asked = append(*asked, label)
		if strings.HasPrefix(label, "code") {
			return code, nil
		}
		return password, nil
	}
	return d, asked
}

// wantsCode has the server want 123456 beside the password.
func wantsCode(d *desk, name string) {
	d.server.Token = func(w http.ResponseWriter, p map[string]string) bool {
		if p["grant_type"] != "password" || p[name] == "123456" {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"mfa_required","error_description":"sent to +47 *** 12"}`))
		return true
	}
}

// A login by password is a session as any other, by either command.
func TestLoginPassword(t *testing.T) {
	for _, command := range []string{"login-password", "login"} {
		d, asked := atDesk(t, fakes.Password, "")
		d.browser.Before = func(string) bool { t.Error("a browser was opened"); return false }
		token := d.must(d.run(t.Context(), command), 0).stdout
		if len(*asked) != 1 || (*asked)[0] != "password (not shown)" {
			t.Errorf("asked for %q", *asked)
		}
		if d.must(d.run(t.Context(), "token"), 0).stdout != token {
			t.Error("the session is not what token prints")
		}
		if next := d.must(d.run(t.Context(), "refresh"), 0).stdout; next == token {
			t.Error("it was not refreshed")
		}
		sent := d.server.Seen("/token")[0].Params
		if sent["username"] != "alice" || sent["password"] != fakes.Password || sent["scope"] != "openid offline_access" || sent["client_id"] != "app" {
			t.Errorf("sent %v", sent)
		}
		if o := d.must(d.run(t.Context(), "logout"), 0); strings.Contains(o.stderr, "/logout") {
			t.Errorf("no browser is logged in anywhere: %s", o.stderr)
		}
		d.must(d.run(t.Context(), "token"), 8)
	}
}

// A second factor is asked for at the terminal, also where stdin was the
// password, and sent once.
func TestLoginPasswordWithASecondFactor(t *testing.T) {
	for _, param := range []string{"x_mfa", "otp"} {
		d, asked := atDesk(t, "", " 123456 ")
		wantsCode(d, param)
		d.typing, d.in = false, strings.NewReader(fakes.Password+"\r\n")
		o := d.must(d.run(t.Context(), "login-password", "--username", "alice", "--password-stdin", "-v", "-p", "demo", "--set", "login.mfa_param="+param), 0)
		if !slices.Equal(*asked, []string{"code (not shown)"}) || !strings.Contains(o.stderr, "sent to +47 *** 12") {
			t.Errorf("asked for %q: %s", *asked, o.stderr)
		}
		if strings.Contains(o.stderr, "123456") || strings.Contains(o.stderr, "horse") {
			t.Errorf("the trace has a secret: %s", o.stderr)
		}
		if seen := d.server.Seen("/token"); len(seen) != 2 || seen[1].Params[param] != "123456" || seen[1].Params["password"] != fakes.Password {
			t.Errorf("sent %v", seen)
		}
	}
}

// Nothing sends a password twice: a wrong one counts, and a code is spent.
func TestLoginPasswordIsSentOnce(t *testing.T) {
	d, asked := atDesk(t, fakes.Password, "")
	d.server.Token = func(w http.ResponseWriter, _ map[string]string) bool {
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	}
	d.must(d.run(t.Context(), "login-password"), 5)
	if n := len(d.server.Seen("/token")); n != 1 || len(*asked) != 1 {
		t.Errorf("sent %d times, asked %q", n, *asked)
	}
}

// What is refused leaves an older session as it was.
func TestLoginPasswordRefused(t *testing.T) {
	for name, c := range map[string]struct {
		password, code string
		mfa            bool
		prompt         error
		exit           int
		says           string
	}{
		"a wrong password":      {"guessed", "", false, nil, 4, "invalid_grant"},
		"no password":           {"", "", false, nil, 2, "the password cannot be used: it is empty"},
		"a wrong code":          {fakes.Password, "654321", true, nil, 4, "mfa_required"},
		"nobody for the code":   {fakes.Password, "", true, host.ErrNoTerminal, 8, "second factor"},
		"a password of 2 lines": {"one\ntwo", "", false, nil, 2, "more than one line"},
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := atDesk(t, fakes.Password, "")
			token := d.must(d.run(t.Context(), "login-password", "--username", "alice"), 0).stdout
			if c.mfa {
				wantsCode(d, "x_mfa")
			}
			d.prompt = func(label string) (string, error) {
				if strings.HasPrefix(label, "code") {
					return c.code, c.prompt
				}
				return c.password, nil
			}
			o := d.must(d.run(t.Context(), "login-password", "--username", "alice"), c.exit)
			if !strings.Contains(o.stderr, c.says) || c.password != "" && strings.Contains(o.stderr, c.password) {
				t.Errorf("stderr: %s", o.stderr)
			}
			if d.must(d.run(t.Context(), "token"), 0).stdout != token || d.records() != 1 {
				t.Error("the older session is gone")
			}
		})
	}
}

// A server that says it has other grants gets no password, and
// nobody is asked for one.
func TestLoginPasswordIsNotOfferedEverywhere(t *testing.T) {
	document := strings.Replace(demo, "issuer: ISSUER", "discovery_url: ISSUER/.well-known/openid-configuration", 1)
	for name, c := range map[string]struct {
		listed any
		code   int
	}{
		"listed":     {[]string{"password"}, 0},
		"no list":    {nil, 0},
		"not listed": {[]string{"authorization_code", "urn:ietf:params:oauth:grant-type:device_code"}, 3},
	} {
		own := strings.Replace(demo, "    client:", "    token_url: ISSUER/token\n    client:", 1)
		for _, profiles := range []string{demo, own, document} {
			t.Run(name, func(t *testing.T) {
				d := newDesk(t, profiles)
				asked := false
				d.typing = true
				d.prompt = func(string) (string, error) { asked = true; return fakes.Password, nil }
				d.server.Document = func(doc map[string]any) { doc["grant_types_supported"] = c.listed }
				o := d.must(d.run(t.Context(), "login-password", "--username", "alice"), c.code)
				if sent := len(d.server.Seen("/token")) > 0; asked != (c.code == 0) || sent != asked {
					t.Errorf("asked %v, sent %v", asked, sent)
				}
				for _, hint := range []string{"authctl login-pkce -p demo", "authctl login-device -p demo"} {
					if c.code == 3 && !strings.Contains(o.stderr, hint) {
						t.Errorf("stderr lacks %q: %s", hint, o.stderr)
					}
				}
			})
		}
	}
}

// An id_token is believed only where it can be verified, and needs no issuer
// where nobody asked for one.
func TestLoginPasswordVerifiesTheIDToken(t *testing.T) {
	d, _ := atDesk(t, fakes.Password, "")
	d.server.IDToken = func(claims map[string]any) { claims["aud"] = "another" }
	d.must(d.run(t.Context(), "login-password"), 7)
	if d.records() != 0 {
		t.Error("something was kept")
	}
	document := newDesk(t, strings.NewReplacer("authorization_code", "password", "issuer: ISSUER", "discovery_url: ISSUER/.well-known/openid-configuration").Replace(demo))
	document.typing, document.prompt = true, func(string) (string, error) { return fakes.Password, nil }
	document.server.IDToken = d.server.IDToken
	document.must(document.run(t.Context(), "login-password", "--username", "alice"), 7)
	plain := newDesk(t, `version: 1
default_profile: demo
profiles: {demo: {token_url: ISSUER/token, client: {id: app, auth: none}, grant: password}}
`)
	plain.typing, plain.prompt = true, func(string) (string, error) { return fakes.Password, nil }
	plain.server.IDToken = d.server.IDToken
	plain.must(plain.run(t.Context(), "login-password", "--username", "alice"), 0)
	plain.must(plain.run(t.Context(), "token", "--force"), 0)
}
