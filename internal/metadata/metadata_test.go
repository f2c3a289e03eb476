package metadata

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/profile"
)

// documents answers GETs from a map and counts them.
type documents struct {
	bodies map[string]string
	asked  []string
	absent int // the status of what is not there; 0: 404
	wait   string
}

func (d *documents) Get(_ context.Context, url string, limit int64) (endpoint.Answer, error) {
	d.asked = append(d.asked, url)
	body, ok := d.bodies[url]
	switch {
	case !ok:
		return endpoint.Answer{Status: cmp.Or(d.absent, 404), Header: http.Header{"Retry-After": {d.wait}}}, nil
	case int64(len(body)) > limit:
		return endpoint.Answer{}, errors.New("too large")
	}
	return endpoint.Answer{Status: 200, Header: http.Header{}, Body: []byte(body)}, nil
}

const issuer = "https://as.example/realm"

func document(changes map[string]any) string {
	doc := map[string]any{
		"issuer": issuer, "token_endpoint": "https://as.example/token", "authorization_endpoint": "https://as.example/authorize",
		"jwks_uri": "https://as.example/jwks", "authorization_response_iss_parameter_supported": true,
	}
	for k, v := range changes {
		doc[k] = v
	}
	raw, _ := json.Marshal(doc)
	return string(raw)
}

func found() *profile.Profile {
	p := profile.Default()
	p.Name, p.Issuer = "p", issuer
	return &p
}

const wellKnownURL = issuer + "/.well-known/openid-configuration"

func TestResolve(t *testing.T) {
	d := &documents{bodies: map[string]string{wellKnownURL: document(nil)}}
	s := &Source{HTTP: d}
	e, err := s.Resolve(t.Context(), found(), NeedToken)
	if err != nil || e.Token != "https://as.example/token" || !e.IssInCallback {
		t.Errorf("%+v, %v", e, err)
	}
	own := found()
	own.TokenURL = "https://elsewhere.example/token"
	d.asked = nil
	if e, err = s.Resolve(t.Context(), own, NeedToken); err != nil || e.Token != own.TokenURL || len(d.asked) != 0 {
		t.Errorf("the profile's own URL: %+v, %v, asked %v", e, err, d.asked)
	}
	if e, err = s.Resolve(t.Context(), own, NeedToken, NeedJWKS); err != nil || e.Token != own.TokenURL || e.JWKS == "" {
		t.Errorf("own and found: %+v, %v", e, err)
	}
	own.Discovery = "never"
	if _, err = s.Resolve(t.Context(), own, NeedJWKS); fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), "jwks_url") {
		t.Errorf("never: %v", err)
	}
}

func TestResolveFindsTheRFC8414Place(t *testing.T) {
	d := &documents{bodies: map[string]string{"https://as.example/.well-known/oauth-authorization-server/realm": document(nil)}}
	if _, err := (&Source{HTTP: d}).Resolve(t.Context(), found(), NeedToken); err != nil {
		t.Error(err)
	}
}

// docs/threats.md 2.
func TestResolveRefusesAHostileDocument(t *testing.T) {
	for name, body := range map[string]string{
		"another issuer":          document(map[string]any{"issuer": "https://evil.example"}),
		"the issuer with a slash": document(map[string]any{"issuer": issuer + "/"}),
		"no issuer":               document(map[string]any{"issuer": ""}),
		"http token endpoint":     document(map[string]any{"token_endpoint": "http://as.example/token"}),
		"http jwks":               document(map[string]any{"jwks_uri": "http://as.example/jwks"}),
		"http on loopback":        document(map[string]any{"token_endpoint": "http://127.0.0.1:8080/token"}),
		"http on localhost":       document(map[string]any{"jwks_uri": "http://localhost/jwks"}),
		"an http alias":           document(map[string]any{"mtls_endpoint_aliases": map[string]any{"token_endpoint": "http://as.example/token"}}),
		"a loopback alias":        document(map[string]any{"mtls_endpoint_aliases": map[string]any{"revocation_endpoint": "http://[::1]/revoke"}}),
		"userinfo in an alias":    document(map[string]any{"mtls_endpoint_aliases": map[string]any{"token_endpoint": "https://as.example@evil.example/token"}}),
		"http end of session":     document(map[string]any{"end_session_endpoint": "http://as.example/logout"}),
		"userinfo":                document(map[string]any{"authorization_endpoint": "https://a:b@as.example/x"}),
		"javascript":              document(map[string]any{"authorization_endpoint": "javascript:alert(1)"}),
		"HTML":                    "<html>",
		"a list":                  "[]",
	} {
		d := &documents{bodies: map[string]string{wellKnownURL: body}}
		if e, err := (&Source{HTTP: d}).Resolve(t.Context(), found(), NeedToken); err == nil {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// The hint for an endpoint that is nowhere asks for nothing that is so already.
func TestAMissingEndpointIsAskedForWhereItCanBe(t *testing.T) {
	for name, c := range map[string]struct {
		change    func(*profile.Profile)
		says, not string
	}{
		"no issuer":         {func(p *profile.Profile) { p.Issuer = "" }, "or issuer,", "discovery"},
		"discovery: never":  {func(p *profile.Profile) { p.Discovery = "never" }, "or discovery: auto", "issuer"},
		"neither":           {func(p *profile.Profile) { p.Issuer, p.Discovery = "", "never" }, "or issuer with discovery: auto", "or discovery"},
		"not in a document": {func(*profile.Profile) {}, "if the server has one", "or "},
	} {
		t.Run(name, func(t *testing.T) {
			p := found()
			c.change(p)
			d := &documents{bodies: map[string]string{wellKnownURL: document(nil)}}
			_, err := (&Source{HTTP: d}).Resolve(t.Context(), p, NeedDevice)
			var f *fault.Error
			if !errors.As(err, &f) || len(f.Hints) != 1 {
				t.Fatalf("%v, not one hint", err)
			}
			if !strings.Contains(f.Hints[0], c.says) {
				t.Errorf("the hint %q does not say %q", f.Hints[0], c.says)
			}
			if strings.Contains(f.Hints[0], c.not) {
				t.Errorf("the hint %q says %q", f.Hints[0], c.not)
			}
		})
	}
}

// What a person reads names the field that is wrong, and promises nothing that
// would not help.
func TestFaultsNameTheirField(t *testing.T) {
	named := found()
	named.JWKSURL = "https://keys.example/jwks"
	refused := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	redirect := endpoint.Answer{Status: 302, Header: http.Header{"Location": {"https://elsewhere.example/x?y=z"}}}
	tests := map[string]struct {
		p     *profile.Profile
		at    string
		a     endpoint.Answer
		err   error
		says  string
		hints string
	}{
		"nobody listens":    {p: found(), at: wellKnownURL, err: refused, says: "nothing listens there", hints: "check host and port of issuer"},
		"redirect":          {p: found(), at: wellKnownURL, a: redirect, says: "a redirect to https://elsewhere.example/x", hints: "check issuer"},
		"javascript":        {p: found(), at: wellKnownURL, a: ok(map[string]any{"jwks_uri": "javascript:x"}), says: "is no https URL"},
		"password":          {p: found(), at: wellKnownURL, a: ok(map[string]any{"jwks_uri": "https://u:hunter2@as.example/"}), says: "u:xxxxx@"},
		"http":              {p: found(), at: wellKnownURL, a: ok(map[string]any{"jwks_uri": "http://as.example/"}), says: "is no https URL", hints: "insecure_http: true"},
		"a slash more":      {p: found(), at: wellKnownURL, a: ok(map[string]any{"issuer": issuer + "/"}), says: "names issuer", hints: "correct issuer in profile p"},
		"many tenants":      {p: found(), at: wellKnownURL, a: ok(map[string]any{"issuer": "https://as.example/{tenantid}/v2.0"}), says: "{tenantid}", hints: "set issuer in profile p to your tenant's own, as iss in its tokens has it; or set that issuer with discovery: never, token_url and jwks_url"},
		"a policy's":        {p: found(), at: wellKnownURL, a: ok(map[string]any{"issuer": "https://as.example/0123/v2.0/"}), says: "0123", hints: "set it and discovery_url: " + wellKnownURL},
		"another host":      {p: found(), at: wellKnownURL, a: ok(map[string]any{"issuer": "https://sts.example/0123/"}), says: "sts.example", hints: "set it and discovery_url: " + wellKnownURL},
		"keys of discovery": {p: found(), at: "https://as.example/jwks", a: endpoint.Answer{Status: 500}, says: "JWKS https://as.example/jwks: HTTP 500", hints: "jwks_url in profile p replaces it"},
		"keys by profile":   {p: named, at: named.JWKSURL, a: endpoint.Answer{Status: 200, Body: []byte("{}")}, says: "JWKS https://keys.example/jwks", hints: "check jwks_url of profile p"},
	}
	for name, tt := range tests {
		d := &documents{bodies: map[string]string{wellKnownURL: document(nil)}}
		s := &Source{HTTP: instead{d, tt.at, tt.a, tt.err}}
		_, err := s.Keys(t.Context(), tt.p, false)
		var f *fault.Error
		if !errors.As(err, &f) || !strings.Contains(f.Error(), tt.says) || strings.Contains(f.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := strings.Join(f.Hints, "; "); tt.hints == "" && got != "" || !strings.Contains(got, tt.hints) {
			t.Errorf("%s: hints %q", name, got)
		}
	}
}

func ok(changes map[string]any) endpoint.Answer {
	return endpoint.Answer{Status: 200, Body: []byte(document(changes))}
}

// instead answers one address otherwise.
type instead struct {
	Getter
	at  string
	a   endpoint.Answer
	err error
}

func (i instead) Get(ctx context.Context, url string, limit int64) (endpoint.Answer, error) {
	if url == i.at {
		return i.a, i.err
	}
	return i.Getter.Get(ctx, url, limit)
}

func TestDiskKeepsADocumentForAnHour(t *testing.T) {
	now := time.Now()
	disk := Disk{Dir: t.TempDir() + "/metadata", Now: func() time.Time { return now }}
	d := &documents{bodies: map[string]string{wellKnownURL: document(nil)}}
	for range 3 {
		if _, err := (&Source{HTTP: d, Cache: disk}).Resolve(t.Context(), found(), NeedToken); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.asked) != 1 {
		t.Errorf("asked %d times", len(d.asked))
	}
	now = now.Add(maxAge + time.Minute)
	if _, err := (&Source{HTTP: d, Cache: disk}).Resolve(t.Context(), found(), NeedToken); err != nil || len(d.asked) != 2 {
		t.Errorf("after an hour: %v, asked %d times", err, len(d.asked))
	}
}

// What the cache holds was checked when it came, and is checked again: the
// file may have been changed, or the profile's issuer.
func TestACachedDocumentIsCheckedAgain(t *testing.T) {
	disk := Disk{Dir: t.TempDir(), Now: time.Now}
	disk.Save(wellKnownURL, []byte(document(map[string]any{"issuer": "https://evil.example"})))
	if _, err := (&Source{HTTP: &documents{}, Cache: disk}).Resolve(t.Context(), found(), NeedToken); err == nil {
		t.Error("a foreign document was believed")
	}
}

func FuzzDiscovery(f *testing.F) {
	for _, seed := range []string{document(nil), `{"issuer":1}`, `{}`, `{"issuer":"` + issuer + `","token_endpoint":"https://[::1"}`} {
		if seed == "" {
			f.Fatal("empty seed")
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		d := &documents{bodies: map[string]string{wellKnownURL: body}}
		e, err := (&Source{HTTP: d}).Resolve(context.Background(), found(), NeedToken)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("error %q", err)
			}
			return
		}
		if e.Issuer != issuer || !(plainHTTP{}).secure(e.Token) {
			t.Errorf("believed %+v", e)
		}
	})
}

// counting is a cache that counts what is put into it.
type counting struct {
	Cache
	saved []string
}

func (c *counting) Save(url string, body []byte) {
	c.saved = append(c.saved, url)
	c.Cache.Save(url, body)
}

// A document that is used often must not stay for ever: moved endpoints and
// withdrawn keys would never be noticed.
func TestUseDoesNotKeepADocumentYoung(t *testing.T) {
	cache := &counting{Cache: Disk{Dir: t.TempDir(), Now: time.Now}}
	d := &documents{bodies: map[string]string{wellKnownURL: document(nil), "https://as.example/jwks": oneKey}}
	for range 3 {
		if _, err := (&Source{HTTP: d, Cache: cache}).Keys(t.Context(), found(), false); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.asked) != 2 || len(cache.saved) != 2 {
		t.Errorf("asked for %q, saved %q", d.asked, cache.saved)
	}
}

// A crash may leave anything: what cannot be used is fetched again.
func TestADamagedDocumentIsFetchedAgain(t *testing.T) {
	for _, damage := range []string{"{{{", "[]", "null", `{"issuer":"https://other.example"}`} {
		disk := Disk{Dir: t.TempDir(), Now: time.Now}
		disk.Save(wellKnownURL, []byte(damage))
		disk.Save("https://as.example/jwks", []byte(damage))
		d := &documents{bodies: map[string]string{wellKnownURL: document(nil), "https://as.example/jwks": oneKey}}
		if set, err := (&Source{HTTP: d, Cache: disk}).Keys(t.Context(), found(), false); err != nil || len(set) != 1 {
			t.Errorf("%s: %d keys, %v", damage, len(set), err)
		}
	}
}

// oneKey is the public key of RFC 8037 A.2.
const oneKey = `{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"1"}]}`

// No hint advises what is so already, and a profile for devices has its own login.
func TestMissingEndpointHints(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*profile.Profile)
		want   string
	}{
		"no issuer":  {func(p *profile.Profile) { p.Issuer = "" }, "set authorize_url, or issuer, in profile p"},
		"never":      {func(p *profile.Profile) { p.Discovery = "never" }, "set authorize_url, or discovery: auto, in profile p"},
		"discovered": {func(*profile.Profile) {}, "set authorize_url in profile p, if the server has one"},
		"a device's": {func(p *profile.Profile) { p.DeviceAuthorizationURL = "https://as.example/device" }, "authctl login-device -p p logs in without it; set authorize_url in profile p, if the server has one"},
	} {
		p := found()
		c.change(p)
		d := &documents{bodies: map[string]string{wellKnownURL: document(map[string]any{"authorization_endpoint": nil})}}
		_, err := (&Source{HTTP: d}).Resolve(t.Context(), p, NeedAuthorize)
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Config || strings.Join(f.Hints, "; ") != c.want {
			t.Errorf("%s: %v, hints %v", name, err, f.Hints)
		}
	}
}

// docs/threats.md 35: a symmetric key that everyone can read is nobody's proof,
// neither as it was fetched nor as it is kept.
func TestNoSymmetricKeyIsAServers(t *testing.T) {
	const jwks = `{"keys":[{"kty":"oct","kid":"s","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"},
		{"kty":"OKP","crv":"Ed25519","kid":"e","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`
	d := &documents{bodies: map[string]string{wellKnownURL: document(nil), "https://as.example/jwks": jwks}}
	s := &Source{HTTP: d, Cache: Disk{Dir: t.TempDir(), Now: time.Now}}
	for _, from := range []string{"the server", "the cache"} {
		d.asked = nil
		all, err := s.Keys(t.Context(), found(), false)
		if err != nil || len(all) != 1 || all[0].KID != "e" {
			t.Errorf("from %s: %d keys, %v", from, len(all), err)
		}
		if asked := len(d.asked) > 0; asked != (from == "the server") {
			t.Errorf("from %s: asked %v", from, d.asked)
		}
	}
}
