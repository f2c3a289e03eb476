package cmd_test

import (
	"net/url"
	"strings"
	"testing"

	"authctl/internal/fakes"
)

// docs/threats.md 14: a login by discovery_url alone is held to the document's
// issuer; where the document may not say it, nobody is sent to the browser.
func TestLoginByADocumentOfOnesOwn(t *testing.T) {
	own := strings.Replace(demo, "issuer: ISSUER", "discovery_url: ISSUER/.well-known/openid-configuration", 1)
	wrong := func(s *fakes.AuthServer) { s.IDToken = func(c map[string]any) { c["iss"] = "https://evil.example" } }
	for name, c := range map[string]struct {
		breakIt func(*fakes.AuthServer)
		command string
		code    int
		begun   bool
	}{
		"good":               {nil, "login-pkce", 0, true},
		"good, device":       {nil, "login-device", 0, true},
		"iss of the answer":  {func(s *fakes.AuthServer) { s.Callback = func(q url.Values) { q.Set("iss", "https://evil.example") } }, "login-pkce", 7, true},
		"iss of an id_token": {wrong, "login-pkce", 7, true},
		"iss, device":        {wrong, "login-device", 7, true},
		"another host's": {
			func(s *fakes.AuthServer) {
				s.Document = func(d map[string]any) { d["issuer"] = "https://evil.example" }
			}, "login-pkce", 3, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, own)
			if c.breakIt != nil {
				c.breakIt(d.server)
			}
			o := d.must(d.run(t.Context(), c.command), c.code)
			if begun := len(d.server.Seen("/authorize"))+len(d.server.Seen("/device")) > 0; begun != c.begun {
				t.Errorf("begun is %v", begun)
			}
			if !c.begun && !strings.Contains(o.stderr, `names issuer "https://evil.example"`) {
				t.Errorf("stderr %s", o.stderr)
			}
			if c.code != 0 {
				return
			}
			o = d.must(d.run(t.Context(), "token", "--select", "id_token"), 0)
			d.in = strings.NewReader(o.stdout)
			d.must(d.run(t.Context(), "decode", "--verify"), 0)
			d.must(d.run(t.Context(), "token", "--force"), 0)
			wrong(d.server)
			d.must(d.run(t.Context(), "token", "--force"), 7)
		})
	}
}
