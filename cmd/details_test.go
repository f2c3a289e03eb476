package cmd_test

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

const (
	detailsYAML = `    authorization_details: [{type: account, "a.b": 2.50, actions: [read]}]` + "\n"
	detailsJSON = `[{"a.b":2.50,"actions":["read"],"type":"account"}]`
)

// echoing answers a token request with the details that it named, or with granted.
func echoing(granted string) func(http.ResponseWriter, map[string]string) bool {
	return func(w http.ResponseWriter, p map[string]string) bool {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"rich","token_type":"Bearer","expires_in":300,"refresh_token":"r","authorization_details":`+
			cmp.Or(p["authorization_details"], granted)+`}`)
		return true
	}
}

// echoed is what -o json says that the server granted.
func echoed(t *testing.T, stdout string) string {
	t.Helper()
	var answer struct {
		Extra map[string]json.RawMessage
	}
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil {
		t.Fatal(err)
	}
	return string(answer.Extra["authorization_details"])
}

// TestAuthorizationDetailsOfALogin (RFC 9396): asked for at the login, in the address, in a
// pushed request and of a device; redeeming and refreshing keep what was granted.
func TestAuthorizationDetailsOfALogin(t *testing.T) {
	rich := strings.Replace(demo, "    scopes: [openid, offline_access]\n", detailsYAML, 1)
	for name, c := range map[string]struct{ replace, path, command string }{
		"address": {"", "/authorize", "login-pkce"},
		"pushed":  {"    par_url: ISSUER/par\n", "/par", "login-pkce"},
		"device":  {"", "/device", "login-device"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, strings.Replace(rich, "    grant:", c.replace+"    grant:", 1))
			d.server.Token = echoing(`[{"type":"account","granted":true}]`)
			o := d.must(d.run(t.Context(), c.command, "-o", "json"), 0)
			if asked := d.server.Seen(c.path)[0].Params["authorization_details"]; asked != detailsJSON {
				t.Errorf("asked for %s", asked)
			}
			if got := echoed(t, o.stdout); got != `[{"type":"account","granted":true}]` {
				t.Errorf("granted %s", got)
			}
			kept := d.must(d.run(t.Context(), "token", "-o", "json"), 0)
			d.must(d.run(t.Context(), "refresh"), 0)
			if got := echoed(t, kept.stdout); got != `[{"type":"account","granted":true}]` {
				t.Errorf("kept %s", got)
			}
			for _, r := range d.server.Seen("/token") {
				if r.Params["authorization_details"] != "" {
					t.Errorf("%s names details", r.Params["grant_type"])
				}
			}
		})
	}
}

// TestAuthorizationDetailsOfAGrant: in every token request of a grant without a person, and part
// of what a kept token is found by.
func TestAuthorizationDetailsOfAGrant(t *testing.T) {
	for grant, more := range map[string]string{
		"client_credentials": "",
		"token_exchange":     "    exchange: {subject_token: 'env:S', subject_token_type: jwt}\n",
		"jwt_bearer":         "    exchange: {subject_token: 'env:S'}\n",
	} {
		t.Run(grant, func(t *testing.T) {
			d := newDesk(t, strings.Replace(demo, "    grant: authorization_code\n    scopes: [openid, offline_access]\n", "    grant: "+grant+"\n"+more+detailsYAML, 1))
			d.env["S"] = "subject"
			d.server.Token = echoing("[]")
			first := d.must(d.run(t.Context(), "token", "-o", "json"), 0)
			if got := echoed(t, first.stdout); got != detailsJSON {
				t.Errorf("echoed %s", got)
			}
			d.must(d.run(t.Context(), "token"), 0)
			other := d.must(d.run(t.Context(), "token", "-p", "demo", "-o", "json", "--set", "authorization_details=[{type: payment}]"), 0)
			if got := echoed(t, other.stdout); got != `[{"type":"payment"}]` || len(d.server.Seen("/token")) != 2 {
				t.Errorf("another detail: %s, %d requests", got, len(d.server.Seen("/token")))
			}
			none := d.must(d.run(t.Context(), "token", "-p", "demo", "-o", "json", "--set", "authorization_details=[]"), 0)
			if got := echoed(t, none.stdout); got != "[]" {
				t.Errorf("no details: %s", got)
			}
		})
	}
}

// TestAuthorizationDetailsMustBeOnes: objects with a type, said once.
func TestAuthorizationDetailsMustBeOnes(t *testing.T) {
	for details, says := range map[string]string{
		"account":                    "must be a list of objects",
		"{type: account}":            "must be a list of objects",
		"[account]":                  "authorization_details[0]",
		"[{type: a}, {actions: []}]": "authorization_details[1]",
		"[{type: a}]\n    login: {params: [{name: authorization_details, value: '[]'}]}": "is given as a parameter too",
	} {
		d := newDesk(t, strings.Replace(demo, "    grant:", "    authorization_details: "+details+"\n    grant:", 1))
		if o := d.must(d.run(t.Context(), "login-pkce"), 3); !strings.Contains(o.stderr, says) {
			t.Errorf("%s: %s", details, o.stderr)
		}
	}
}
