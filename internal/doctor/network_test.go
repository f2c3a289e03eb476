package doctor

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/profile"
)

const wellKnown = "https://as.example/.well-known/openid-configuration"

func issuerOnly(p *profile.Profile) { p.TokenURL, p.Issuer = "", "https://as.example" }

// The whole examination asks for public documents, each host's root once, and
// sends nothing else: no grant is spent.
func TestOnlyPublicDocumentsAreAskedFor(t *testing.T) {
	b := newFixture()
	b.pages = map[string]string{
		wellKnown:                 document(map[string]any{"revocation_endpoint": "https://other.example/revoke"}),
		"https://as.example/jwks": jwks(t),
	}
	lines := b.examine(t, newProfile(issuerOnly), Options{})
	for _, start := range []string{"ok issuer", "ok discovery", "ok revocation_url", "ok jwks", "ok clock"} {
		expect(t, lines, start)
	}
	want := "GET https://as.example/ GET " + wellKnown + " GET https://other.example/ GET https://as.example/jwks"
	if got := strings.Join(b.sent, " "); got != want {
		t.Errorf("sent %s", got)
	}
}

func TestDiscovery(t *testing.T) {
	tests := map[string]struct {
		change func(*profile.Profile)
		doc    string
		start  string
		word   string
	}{
		"never":            {func(p *profile.Profile) { p.Issuer, p.Discovery = "https://as.example", "never" }, "", "skip discovery", ""},
		"no issuer":        {nil, "", "skip discovery", ""},
		"another issuer":   {issuerOnly, document(map[string]any{"issuer": "https://as.example/"}), "FAIL discovery", "to the character"},
		"no document":      {issuerOnly, "<html>", "FAIL discovery", "issuer"},
		"no token URL":     {issuerOnly, document(map[string]any{"token_endpoint": ""}), "FAIL discovery", "set token_url"},
		"nowhere to login": {func(p *profile.Profile) { issuerOnly(p); p.Grant = "authorization_code" }, document(nil), "FAIL discovery", "authorize_url"},
		"a device's login": {
			func(p *profile.Profile) { issuerOnly(p); p.Grant = "authorization_code" },
			document(map[string]any{"device_authorization_endpoint": "https://as.example/device"}), "ok discovery", "",
		},
		"the same token URL":       {func(p *profile.Profile) { p.Issuer = "https://as.example" }, document(nil), "ok discovery", ""},
		"another token URL":        {func(p *profile.Profile) { p.Issuer = "https://as.example" }, document(map[string]any{"token_endpoint": "https://as.example/t2"}), "warn discovery", "https://as.example/t2"},
		"a document of one's own":  {ownDocument, document(map[string]any{"issuer": nil}), "ok discovery", ""},
		"no document of one's own": {ownDocument, "<html>", "FAIL discovery", "check discovery_url"},
		"a server's other host": {
			func(p *profile.Profile) {
				ownDocument(p)
				p.Client.Auth, p.Assertion.Audience = "private_key_jwt", "token_url"
			},
			document(map[string]any{"issuer": nil, "token_endpoint": "https://other.example/t"}), "FAIL assertion.audience", "set token_url: https://other.example/t",
		},
		"a grant's other host": {
			func(p *profile.Profile) {
				ownDocument(p)
				p.GrantAssertion = &profile.GrantAssertion{Assertion: profile.Assertion{Audience: "token_url"}}
			}, document(map[string]any{"issuer": nil, "token_endpoint": "https://other.example/t"}), "FAIL grant_assertion.audience", "set token_url: https://other.example/t",
		},
		"broken but needless": {func(p *profile.Profile) { p.Issuer = "https://as.example" }, "<html>", "warn discovery", "discovery: never"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newFixture()
			b.pages = map[string]string{wellKnown: tt.doc, "https://as.example/jwks": jwks(t)}
			expect(t, b.examine(t, newProfile(tt.change), Options{}), tt.start, tt.word)
		})
	}
}

func ownDocument(p *profile.Profile) { issuerOnly(p); p.Issuer, p.DiscoveryURL = "", wellKnown }

// With a document of its own the issuer is a name, not a place.
func TestTheHostOfADocumentIsAsked(t *testing.T) {
	b := newFixture()
	b.pages = map[string]string{wellKnown: document(map[string]any{"issuer": "https://name.example"}), "https://as.example/jwks": jwks(t)}
	b.examine(t, newProfile(func(p *profile.Profile) { ownDocument(p); p.Issuer = "https://name.example" }), Options{})
	if got := strings.Join(b.sent, " "); strings.Contains(got, "name.example") || !strings.Contains(got, "GET "+wellKnown) {
		t.Errorf("sent %s", got)
	}
}

func TestJWKS(t *testing.T) {
	for body, want := range map[string][2]string{
		"":                                    {"FAIL jwks", "https://as.example/jwks"},
		`{"keys":[]}`:                         {"FAIL jwks", "jwks_url"},
		`{"keys":[{"kty":"oct","k":"YWJj"}]}`: {"warn jwks", "jwks_url"},
		jwks(t):                               {"ok jwks", "1 key "},
	} {
		b := newFixture()
		b.pages = map[string]string{"https://as.example/jwks": body}
		p := newProfile(func(p *profile.Profile) { p.JWKSURL, p.Discovery = "https://as.example/jwks", "never" })
		expect(t, b.examine(t, p, Options{}), want[0], want[1])
		b.down = true
		expect(t, b.examine(t, p, Options{}), "skip jwks", "does not answer")
	}
}

// An issuer without discovery is a name, not a place.
func TestAnIssuerWithoutDiscoveryIsNotAsked(t *testing.T) {
	b := newFixture()
	b.examine(t, newProfile(func(p *profile.Profile) { p.Issuer, p.Discovery = "https://name.example", "never" }), Options{})
	if got := strings.Join(b.sent, " "); got != "GET https://as.example/" {
		t.Errorf("sent %s", got)
	}
}

func TestHosts(t *testing.T) {
	key := newKey(t)
	_, soonOver := certify(t, key, now().AddDate(0, 0, 5))
	_, good := certify(t, key, now().AddDate(0, 3, 0))
	plain := func(p *profile.Profile) { p.TokenURL, p.InsecureHTTP = "http://as.example/token", true }
	tests := map[string]struct {
		arrange func(*fixture)
		change  func(*profile.Profile)
		start   string
		words   []string
	}{
		"good":              {func(b *fixture) { b.peer = good }, nil, "ok token_url", []string{"as.example answers over TLS 1.3 in ", "2027-02-21"}},
		"soon":              {func(b *fixture) { b.peer = soonOver }, nil, "warn token_url", []string{"(5 days)", "operator"}},
		"plain":             {nil, plain, "warn token_url", []string{"without TLS", "insecure_http"}},
		"loopback":          {nil, func(p *profile.Profile) { p.TokenURL = "http://127.0.0.1:1/token" }, "ok token_url", nil},
		"dead":              {func(b *fixture) { b.down = true }, nil, "FAIL token_url", []string{"asking https://as.example/", "[check the network and the host of token_url]"}},
		"hangs":             {func(b *fixture) { b.hangs, b.timeout = true, 10*time.Millisecond }, nil, "FAIL token_url", []string{"no answer in time", "--timeout"}},
		"dead, so no clock": {func(b *fixture) { b.down = true }, nil, "skip clock", nil},
		"dead issuer":       {func(b *fixture) { b.down = true }, issuerOnly, "FAIL issuer", []string{"the host of issuer"}},
		"then no discovery": {func(b *fixture) { b.down = true }, issuerOnly, "skip discovery", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newFixture()
			if tt.arrange != nil {
				tt.arrange(b)
			}
			expect(t, b.examine(t, newProfile(tt.change), Options{}), tt.start, tt.words...)
		})
	}
}

func TestClock(t *testing.T) {
	tests := map[string]struct {
		ahead time.Duration // of the server
		age   string
		start string
		word  string
	}{
		"the same":        {0, "", "ok clock", "to the second"},
		"a little":        {4 * time.Second, "", "ok clock", "4s off"},
		"behind":          {30 * time.Second, "", "warn clock", "30s behind the server's"},
		"ahead":           {-31 * time.Second, "", "warn clock", "30s ahead of the server's"},
		"beyond lifetime": {time.Hour, "", "FAIL clock", "1h0m0s behind"},
		"ahead beyond it": {-time.Hour, "", "FAIL clock", "1h0m0s ahead"},
		"a cached answer": {-time.Hour, "3600", "ok clock", "to the second"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newFixture()
			b.date, b.header = now().Add(tt.ahead), http.Header{"Age": {tt.age}}
			expect(t, b.examine(t, newProfile(nil), Options{}), tt.start, tt.word)
		})
	}
	b := newFixture()
	b.date = time.Time{}
	expect(t, b.examine(t, newProfile(nil), Options{}), "skip clock", "no Date")
}

// A slow answer is no skew: Date may be as old as the request.
func TestASlowAnswerIsNoSkew(t *testing.T) {
	at := now()
	for _, tt := range []struct {
		began, date int // seconds before at
		want        time.Duration
	}{
		{0, 0, 0}, {19, 19, 0}, {19, 0, 0}, {19, 20, 0}, {19, 30, 10 * time.Second}, {19, -7, -7 * time.Second},
	} {
		ago := func(s int) time.Time { return at.Add(-time.Duration(s) * time.Second) }
		if got := endpoint.Skew(ago(tt.began), at, ago(tt.date)); got != tt.want {
			t.Errorf("asked %d s ago, Date %d s ago: %v, want %v", tt.began, tt.date, got, tt.want)
		}
	}
}
