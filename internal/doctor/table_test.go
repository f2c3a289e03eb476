package doctor

import (
	"crypto/tls"
	"strings"
	"testing"

	"authctl/internal/endpoint"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// proven is a profile that has every proof that a client can have, each in a
// variable of its name.
func proven(method string) *profile.Profile {
	return newProfile(func(p *profile.Profile) {
		issuerOnly(p)
		p.Client.Auth, p.Assertion.KID = method, "thumbprint"
		p.Client.Key, p.Client.KeyPassphrase, p.Client.Certificate = env("KEY"), env("PASSPHRASE"), env("CRT")
		p.Client.Assertion, p.TLS.ClientCertificate = env("ASSERTION"), env("TLSCRT")
	})
}

// proving is a fixture that resolves the secrets of proven.
func proving(t *testing.T) *fixture {
	t.Helper()
	b := newFixture()
	b.tls = &tls.Config{} // which these tests do not read
	b.secrets = map[string]string{"SECRET": strings.Repeat(canary, 4), "KEY": keyPEM(t, newKey(t)), "ASSERTION": "opaque", "TLSCRT": ""}
	return b
}

// TestEveryMethodIsLookedAt: what the client proves itself with is read, what it
// does not send is not, and what it signs with is tried.
func TestEveryMethodIsLookedAt(t *testing.T) {
	for _, m := range profile.AuthMethods() {
		t.Run(m.Name, func(t *testing.T) {
			p, b := proven(m.Name), newFixture()
			lines := b.examine(t, p, Options{Offline: true})
			for _, r := range p.Refs() {
				if !strings.HasPrefix(r.Path, "client.") {
					continue
				}
				if m.Uses(r.Path) && r.Path != profile.ClientSecret {
					expect(t, lines, "FAIL "+r.Path, "set "+r.Ref.Name) // the fixture has none but SECRET
				} else if !m.Uses(r.Path) {
					expect(t, lines, "skip "+r.Path, "client.auth "+m.Name+" does not use it")
				}
			}
			p.Client.KeyPassphrase, p.Client.Certificate = secret.Ref{}, secret.Ref{}
			text := "\n" + strings.Join(proving(t).examine(t, p, Options{Offline: true}), "\n")
			if signs := strings.Contains(text, "\nok key: "); signs != m.Signs {
				t.Errorf("Signs is %v, and of the key:%s", m.Signs, text)
			}
			if asserts := strings.Contains(text, "\nok assertion: "); asserts != m.Uses(profile.ClientAssertion) {
				t.Errorf("it uses %v, and of the assertion:%s", m.Needs, text)
			}
		})
	}
}

// TestEveryMethodAndGrantIsHeldAgainstTheDocument by its name there.
func TestEveryMethodAndGrantIsHeldAgainstTheDocument(t *testing.T) {
	told := func(p *profile.Profile, field string, listed ...string) string {
		b := proving(t)
		b.pages = map[string]string{wellKnown: document(map[string]any{field: listed}), "https://as.example/jwks": jwks(t)}
		return "\n" + strings.Join(b.examine(t, p, Options{}), "\n")
	}
	for _, m := range profile.AuthMethods() {
		const field = "token_endpoint_auth_methods_supported"
		if text := told(proven(m.Name), field, m.Wire); strings.Contains(text, "\nwarn client.auth: ") {
			t.Errorf("%s, which the document lists as %s:%s", m.Name, m.Wire, text)
		}
		if text := told(proven(m.Name), field, "other"); !strings.Contains(text, "client authentication method "+m.Wire+" [") {
			t.Errorf("%s, which the document does not list:%s", m.Name, text)
		}
	}
	for _, g := range profile.GrantTypes() {
		const field = "grant_types_supported"
		p := proven("none")
		p.Grant, p.AuthorizeURL, p.DeviceAuthorizationURL = g.Name, "https://as.example/login", "https://as.example/device"
		if text := told(p, field, g.Wire); strings.Contains(text, "\nwarn grant: ") {
			t.Errorf("%s, which the document lists as %s:%s", g.Name, g.Wire, text)
		}
		if text := told(p, field, "other"); !strings.Contains(text, "grant type "+g.Wire+" [") {
			t.Errorf("%s, which the document does not list:%s", g.Name, text)
		}
	}
}

// TestEveryMethodKnowsMutualTLS: a server that asked for no certificate is a
// worry for the client whose proof it is.
func TestEveryMethodKnowsMutualTLS(t *testing.T) {
	for _, m := range profile.AuthMethods() {
		var told []Result
		e := &exam{p: proven(m.Name), report: func(r Result) { told = append(told, r) }}
		n := &network{exam: e, seen: map[string]visit{
			"https://as.example/": {answer: endpoint.Answer{Route: endpoint.Route{HasCertificate: true}}},
		}}
		n.mutual("https://as.example/token")
		if len(told) != 1 || (told[0].State == Warn) != m.MutualTLS() {
			t.Errorf("%s: %+v", m.Name, told)
		}
	}
}

// TestEveryLoginNeedsAPlace: a document without its endpoint, and a profile that
// names none either.
func TestEveryLoginNeedsAPlace(t *testing.T) {
	for _, g := range profile.GrantTypes() {
		b := proving(t)
		b.pages = map[string]string{wellKnown: document(nil), "https://as.example/jwks": jwks(t)}
		p := proven("none")
		p.Grant = g.Name
		lines := b.examine(t, p, Options{})
		if len(g.Endpoints) > 0 {
			expect(t, lines, "FAIL discovery", "for grant "+g.Name, "set "+strings.Join(g.Endpoints, " or "))
		} else {
			expect(t, lines, "ok discovery")
		}
		p.TokenURL = "https://as.example/token"
		b.pages = nil // no document
		state := "warn"
		if len(g.Endpoints) > 0 {
			state = "FAIL"
		}
		expect(t, b.examine(t, p, Options{}), state+" discovery")
		if text := strings.Join(lines, "\n"); g.Session() && g.Person && !strings.Contains(text, strings.ReplaceAll(g.Starts, "{profile}", "p")) {
			t.Errorf("%s: nobody is told of %s:\n%s", g.Name, g.Starts, text)
		}
	}
}
