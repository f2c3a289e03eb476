//go:build e2e

package squid

import (
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"authctl/internal/e2e/program"
)

const (
	// hash is of password: openssl passwd -apr1 -salt abcdefgh 'p@ss:word/#'
	hash     = "$apr1$abcdefgh$OdjsWnu2zQFNMFW.GciMU/"
	encoded  = "p%40ss%3Aword%2F%23"
	password = "p@ss:word/#"
)

const profiles = `version: 1
profiles:
  x:
    token_url: URL
    client: {id: x, auth: client_secret_post, secret: env:SECRET}
    api: {hosts: [api.test]}
    insecure_http: true
    tls: {ca: "file:ca.pem"}
`

// A token and a doctor's report through squid, and what is told where squid
// refuses: in the words of docs/network.md, with the variable's name, without
// its password, and after one CONNECT where another could not help.
func TestThroughSquid(t *testing.T) {
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"access_token":"through-squid","token_type":"Bearer","expires_in":300}`)
	})
	secure, plain := httptest.NewTLSServer(answer), httptest.NewServer(answer)
	defer secure.Close()
	defer plain.Close()
	ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}))
	at := func(host, server string) string { return host + server[strings.LastIndexByte(server, ':'):] + "/token" }

	open, closed := start(t, ""), start(t, hash)
	for name, c := range map[string]struct {
		proxy    squid
		variable string
		user     string // of the proxy's URL
		url      string
		code     int
		says     string
		asked    string // what squid's log has once
	}{
		"open":                {open, "HTTPS_PROXY", "", at("https://example.com", secure.URL), 0, "", ""},
		"with credentials":    {closed, "https_proxy", "me:" + encoded + "@", at("https://example.com", secure.URL), 0, "", ""},
		"without credentials": {closed, "HTTPS_PROXY", "", at("https://example.com", secure.URL), 5, "(HTTPS_PROXY) wants credentials (HTTP 407)", "TCP_DENIED/407"},
		"wrong credentials":   {closed, "ALL_PROXY", "me:canary@", at("https://example.com", secure.URL), 5, "refused the credentials in ALL_PROXY (HTTP 407)", ""},
		"plain http":          {closed, "HTTP_PROXY", "me:" + encoded + "@", at("http://example.com", plain.URL), 0, "", ""},
		"plain http, unnamed": {closed, "HTTP_PROXY", "", at("http://example.com", plain.URL), 5, "(HTTP_PROXY) wants credentials (HTTP 407)", ""},
		"forbidden":           {open, "HTTPS_PROXY", "", at("https://closed.test", secure.URL), 5, "does not connect to closed.test: HTTP 403 Forbidden", "TCP_DENIED/403"},
		"nobody listens":      {open, "HTTPS_PROXY", "", "https://example.com:1/token", 5, "could not connect to example.com: HTTP 503", ""},
		"an @ in it":          {closed, "HTTPS_PROXY", "me:" + password[:4] + "@", at("https://example.com", secure.URL), 3, "HTTPS_PROXY names no proxy", ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := program.New(t, strings.ReplaceAll(profiles, "URL", c.url))
			put(t, filepath.Join(a.Home, "ca.pem"), ca)
			a.Env = append(a.Env, "AUTHCTL_STORE=none", "SECRET=the-secret", c.variable+"=http://"+c.user+c.proxy.addr)
			before := 0
			if c.asked != "" {
				before = c.proxy.asked(t, c.asked)
			}
			r := a.Run(t, "", "token", "-p", "x", "-v")
			if r.Code != c.code || (r.Code == 0) != (r.Stdout == "through-squid\n") || !strings.Contains(r.Stderr, c.says) {
				t.Errorf("token: exit %d: %s", r.Code, r.Stderr)
			}
			if r.Code != 3 && !strings.Contains(r.Stderr, "* through the proxy "+c.proxy.addr+" ("+c.variable+")\n") {
				t.Errorf("-v does not name the proxy: %s", r.Stderr)
			}
			if c.asked != "" && c.proxy.asked(t, c.asked) != before+1 {
				t.Errorf("squid was asked %d times", c.proxy.asked(t, c.asked)-before)
			}
			d := a.Run(t, "", "doctor", "-p", "x")
			if d.Code != c.code || !strings.Contains(d.Stdout, c.says) {
				t.Errorf("doctor: exit %d: %s", d.Code, d.Stdout)
			}
			for _, hidden := range []string{password[:4] + "@", encoded, "canary", "the-secret"} {
				if strings.Contains(r.Stderr+d.Stdout+d.Stderr, hidden) {
					t.Errorf("%s is shown: %s%s", hidden, r.Stderr, d.Stdout)
				}
			}
		})
	}
}
