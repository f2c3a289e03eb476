package cmd_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestPushedRequestsOfPublicClients: where the server announces pushed
// requests, does not demand them and refuses them to public clients without an
// OAuth error, login.pushed: auto goes on without; in no other case.
func TestPushedRequestsOfPublicClients(t *testing.T) {
	const confidential = "client: {id: app, auth: client_secret_post, secret: 'env:S'}"
	for name, c := range map[string]struct {
		status  int
		header  string
		body    string
		replace [2]string // in demo
		demands bool      // require_pushed_authorization_requests
		goesOn  bool
	}{
		"401, empty":         {status: 401, goesOn: true},
		"403, a page":        {status: 403, body: "<h1>Forbidden</h1>", goesOn: true},
		"404":                {status: 404, goesOn: true},
		"405":                {status: 405, goesOn: true},
		"with DPoP":          {status: 401, goesOn: true, replace: [2]string{"    grant:", "    dpop: {enabled: true}\n    api: {scheme: DPoP}\n    grant:"}},
		"400":                {status: 400},
		"500":                {status: 500},
		"an OAuth error":     {status: 401, body: `{"error":"invalid_client"}`},
		"one in the header":  {status: 401, header: `Basic error="invalid_client"`},
		"demanded":           {status: 401, demands: true},
		"required":           {status: 401, replace: [2]string{"    grant:", "    login: {pushed: require}\n    grant:"}},
		"a confidential one": {status: 401, replace: [2]string{"client: {id: app, auth: none}", confidential}},
		"the profile's own":  {status: 401, replace: [2]string{"    grant:", "    par_url: ISSUER/par\n    grant:"}},
		"with RAR":           {status: 401, replace: [2]string{"    grant:", "    login: {params: [{name: authorization_details, value: '[]'}]}\n    grant:"}},
		"with RAR's field":   {status: 401, replace: [2]string{"    grant:", "    authorization_details: [{type: a}]\n    grant:"}},
		"never":              {status: 401, goesOn: true, replace: [2]string{"    grant:", "    login: {pushed: never}\n    grant:"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, strings.Replace(demo, c.replace[0], c.replace[1], 1))
			d.env["S"] = "the secret"
			d.server.Document = func(doc map[string]any) {
				doc["pushed_authorization_request_endpoint"] = d.server.URL + "/par"
				doc["require_pushed_authorization_requests"] = map[bool]any{true: "true", false: []any{}}[c.demands]
			}
			d.server.PAR = func(w http.ResponseWriter) bool {
				if c.header != "" {
					w.Header().Set("WWW-Authenticate", c.header)
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
				return true
			}
			if c.goesOn {
				o := d.must(d.run(t.Context(), "login-pkce", "-v"), 0)
				told := strings.Contains(o.stderr, "\n* the server refused the request (HTTP ") && strings.Contains(o.stderr, "at the pushed authorization request endpoint")
				if name != "never" && !told {
					t.Errorf("-v says nothing: %s", o.stderr)
				}
				asked := d.server.Seen("/authorize")[0].Params
				if asked["request_uri"] != "" || asked["state"] == "" || (name == "with DPoP") != (asked["dpop_jkt"] != "") {
					t.Errorf("the browser was sent with %v", asked)
				}
				return
			}
			code := 4
			if c.status == 500 {
				code = 5
			}
			o := d.must(d.run(t.Context(), "login-pkce"), code)
			if !strings.Contains(o.stderr, "the pushed authorization request") || len(d.browser.Opened()) != 0 {
				t.Errorf("opened %d, stderr %s", len(d.browser.Opened()), o.stderr)
			}
			if code == 4 && !strings.Contains(o.stderr, "login.pushed: never") {
				t.Errorf("stderr %s", o.stderr)
			}
		})
	}
}

// With a pushed request that succeeds the proof binds the code, not the address.
func TestAPushedRequestIsBoundByItsProof(t *testing.T) {
	d := newDesk(t, strings.Replace(demo, "    grant:", "    par_url: ISSUER/par\n    dpop: {enabled: true}\n    api: {scheme: DPoP}\n    grant:", 1))
	d.must(d.run(t.Context(), "login-pkce"), 0)
	if pushed := d.server.Seen("/par")[0]; pushed.Params["dpop_jkt"] != "" || pushed.Header.Get("DPoP") == "" {
		t.Errorf("%v %v", pushed.Params, pushed.Header)
	}
}

// TestALoginThatNobodyFinishesNamesTheRedirectURI first: one that is not
// registered shows on the server's page and nowhere else.
func TestALoginThatNobodyFinishesNamesTheRedirectURI(t *testing.T) {
	d := newDesk(t, demo)
	d.browser.Before = func(string) bool { return false }
	o := d.must(d.run(t.Context(), "login-pkce", "--timeout", "50ms"), 8)
	_, hints, _ := strings.Cut(o.stderr, "hint: ")
	first, _, _ := strings.Cut(hints, "\n")
	if !strings.Contains(first, "http://127.0.0.1:") || !strings.Contains(first, "login.redirect_uri") {
		t.Errorf("the first hint is %q", first)
	}
}

// TestDeviceLogin is what servers answer to a device that polls.
func TestDeviceLogin(t *testing.T) {
	write := func(status int, body string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	for name, c := range map[string]struct {
		answers []func(http.ResponseWriter) // before the token
		code    int
		says    string
	}{
		"pending and slow down at 200": {[]func(http.ResponseWriter){write(200, `{"error":"authorization_pending"}`)}, 0, ""},
		"overloaded":                   {[]func(http.ResponseWriter){write(429, "slow"), write(500, ""), write(502, "<h1>Bad Gateway</h1>"), write(503, `{"error":"server_error"}`)}, 0, ""},
		"denied at 200":                {[]func(http.ResponseWriter){write(200, `{"error":"access_denied","error_description":"no"}`)}, 4, "somebody declined"},
		"authorization_declined":       {[]func(http.ResponseWriter){write(400, `{"error":"authorization_declined"}`)}, 4, "somebody declined"},
		"another client's":             {[]func(http.ResponseWriter){write(401, `{"error":"invalid_client"}`)}, 4, "at the token endpoint"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, demo)
			d.server.Token = func(w http.ResponseWriter, _ map[string]string) bool {
				n := len(d.server.Seen("/token"))
				if n > len(c.answers) {
					return false
				}
				c.answers[n-1](w)
				return true
			}
			o := d.must(d.run(t.Context(), "login-device"), c.code)
			if !strings.Contains(o.stderr, c.says) || len(d.server.Seen("/token")) < len(c.answers) {
				t.Errorf("asked %d times, stderr %s", len(d.server.Seen("/token")), o.stderr)
			}
			asked := d.server.Seen("/device")[0].Params
			if len(asked["code_challenge"]) != 43 || asked["code_challenge_method"] != "S256" {
				t.Errorf("the code was asked for with %v", asked)
			}
		})
	}
}

func TestADeviceRefusalNamesItsEndpoint(t *testing.T) {
	d := newDesk(t, demo)
	d.server.Device = func(w http.ResponseWriter) bool {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"unauthorized_client"}`)
		return true
	}
	o := d.must(d.run(t.Context(), "login-device"), 4)
	if !strings.Contains(o.stderr, "(unauthorized_client) at the device authorization endpoint") {
		t.Errorf("stderr %s", o.stderr)
	}
}
