package cmd_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// A person at a terminal is told who logged in and until when; who can do
// something with the token gets the token.
func TestLoginAtATerminalSaysWho(t *testing.T) {
	login := []string{"login-pkce", "--timeout", "10s"}
	for name, tt := range map[string]struct {
		columns int
		claims  map[string]any
		args    []string
		want    string
	}{
		"by name":       {80, map[string]any{"preferred_username": "kari", "email": "k@example.org"}, login, `^Logged in as kari \(profile demo\)\.\nThe token is good until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+ \(5m0s\), and is refreshed by\n  itself after that\.\n$`},
		"by address":    {80, map[string]any{"email": "k@example.org"}, login, `^Logged in as k@example.org \(`},
		"by subject":    {80, nil, login, `^Logged in as alice \(profile demo\)\.\n`},
		"hostile":       {80, map[string]any{"name": "a\x1b[31m\nforged: \u202e"}, login, `^Logged in as a\[31m forged: \(profile demo\)\.\n`},
		"the token":     {80, nil, append(login, "-o", "token"), `^access-\S+\n$`},
		"as JSON":       {80, nil, append(login, "-o", "json"), `^\{"`},
		"a member":      {80, nil, append(login, "--select", "id_token"), `^eyJ\S+\n$`},
		"in a pipe":     {0, nil, login, `^access-\S+\n$`},
		"nothing kept":  {80, nil, append(login, "--store", "none"), `^access-\S+\n$`},
		"any way":       {80, nil, []string{"login", "--timeout", "10s"}, `^Logged in as `},
		"only by token": {80, nil, []string{"token"}, ``},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, demo)
			d.columns, d.env["NO_COLOR"] = tt.columns, "1"
			d.server.IDToken = func(claims map[string]any) {
				for k, v := range tt.claims {
					claims[k] = v
				}
			}
			if tt.want == "" { // token prints a token, terminal or not
				d.must(d.run(t.Context(), login...), 0)
				tt.want = `^access-\S+\n$`
			}
			if o := d.must(d.run(t.Context(), tt.args...), 0); !regexp.MustCompile(tt.want).MatchString(o.stdout) {
				t.Errorf("%q, want %s\n%s", o.stdout, tt.want, o.stderr)
			}
		})
	}
}

func TestLoginWithoutAnIDTokenNamesTheProfile(t *testing.T) {
	d := newDesk(t, strings.Replace(demo, "openid, ", "", 1))
	d.server.Token = func(w http.ResponseWriter, _ map[string]string) bool {
		say(w, 200, `{"access_token":"access-1","token_type":"Bearer","expires_in":300}`)
		return true
	}
	d.columns = 80
	if o := d.must(d.run(t.Context(), "login-pkce", "--timeout", "10s"), 0); !strings.HasPrefix(o.stdout, "\x1b[32mLogged in\x1b[0m for profile demo.\n") {
		t.Errorf("%q", o.stdout)
	}
}
