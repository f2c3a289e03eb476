package clientauth

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/jwt"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// proven is a profile with every proof that a client can have, and what they are.
func proven(t *testing.T, method string) (*profile.Profile, given) {
	t.Helper()
	p := client(method)
	p.Client.Assertion, p.TLS.ClientCertificate, p.Assertion.KID = keyring("a"), keyring("c"), "none"
	return p, given{"s": strings.Repeat("s", 32), "k": pemKey(t, "ES256"), "a": "theirs", "c": "not read here"}
}

// TestEveryMethodOfTheTableIsBuilt, and nothing else is.
func TestEveryMethodOfTheTableIsBuilt(t *testing.T) {
	built := Builtin(Deps{})
	for _, m := range profile.AuthMethods() {
		if built[m.Name] == nil {
			t.Errorf("Builtin does not make %s, which profile.AuthMethods has", m.Name)
		}
		delete(built, m.Name)
	}
	for name := range built {
		t.Errorf("profile.AuthMethods has no %s, which Builtin makes", name)
	}
}

// TestEveryMethodSendsWhatItsEntrySays: the proof, signed by authctl or not, in
// the header or not, and the same that `assert` prints.
func TestEveryMethodSendsWhatItsEntrySays(t *testing.T) {
	for _, m := range profile.AuthMethods() {
		t.Run(m.Name, func(t *testing.T) {
			p, s := proven(t, m.Name)
			r, err := authenticated(p, s)
			if err != nil {
				t.Fatal(err)
			}
			b := body(r)
			if basic := len(r.Headers) == 1 && strings.HasPrefix(r.Headers[0].Value, "Basic "); basic != m.Basic {
				t.Errorf("Basic is %v, and its header %v", m.Basic, basic)
			}
			if b["client_id"] != p.Client.ID && !m.Basic {
				t.Errorf("the client is not named: %v", b)
			}
			for name := range b {
				if !slices.Contains(strings.Fields(m.Sends), name) {
					t.Errorf("it sends %s, and Sends has it not", name)
				}
			}
			if len(b) != len(strings.Fields(m.Sends)) {
				t.Errorf("Sends is %v, and it sends %v", m.Sends, b)
			}
			sent := b["client_assertion"]
			signed, err := jwt.Parse(sent)
			if ours := err == nil && signed.Claims.String("iss") == p.Client.ID; ours != m.Signs {
				t.Errorf("Signs is %v, and it sends %q", m.Signs, sent)
			}
			if alone := len(b) == 1 && len(r.Headers) == 0; alone != (m.Public() || m.MutualTLS()) {
				t.Errorf("it needs %v, and sends %v", m.Needs, b)
			}
			asserted, err := Assertion(t.Context(), Deps{Secrets: s, Now: time.Now, Rand: rand.Reader}, p, p.Issuer, p.TokenURL)
			if (err == nil) != (sent != "") || m.Signs && asserted.IsZero() || !m.Signs && asserted.Reveal() != sent {
				t.Errorf("it sends %q, and assert prints %q: %v", sent, asserted.Reveal(), err)
			}
		})
	}
}

// echo is a server that refuses with the secret of the client in its words.
type echo string

func (e echo) RoundTrip(r *http.Request) (*http.Response, error) {
	body := `{"error":"invalid_client","error_description":"wrong: ` + string(e) + `"}`
	return &http.Response{StatusCode: 401, Header: http.Header{}, Request: r, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// TestNoMethodLetsItsSecretBeEchoed, though it only signs with it.
func TestNoMethodLetsItsSecretBeEchoed(t *testing.T) {
	for _, m := range profile.AuthMethods() {
		p, s := proven(t, m.Name)
		r, err := authenticated(p, s)
		if err != nil {
			t.Fatal(err)
		}
		r.URL = "https://as.example/token"
		answer, err := (&endpoint.Client{HTTP: echo(s["s"]), Now: time.Now}).Post(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprint(endpoint.Refused(answer)); m.Uses(profile.ClientSecret) && strings.Contains(text, s["s"]) {
			t.Errorf("%s: %s", m.Name, text)
		}
	}
}

// TestEveryMethodNamesWhatIsMissing: of what it needs; the certificate of mutual
// TLS is the transport's.
func TestEveryMethodNamesWhatIsMissing(t *testing.T) {
	for _, m := range profile.AuthMethods() {
		p, s := proven(t, m.Name)
		p.Client.Secret, p.Client.Key, p.Client.Assertion = secret.Ref{}, secret.Ref{}, secret.Ref{}
		_, err := authenticated(p, s)
		for _, field := range m.Needs {
			if field != profile.TLSCertificate && (fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), field)) {
				t.Errorf("%s without %s: %v", m.Name, field, err)
			}
		}
	}
}

// TestEveryWordOfKIDIsKnown: one that KeyID forgot would be sent as the kid itself.
func TestEveryWordOfKIDIsKnown(t *testing.T) {
	key := newKey(t, "ES256")
	for _, word := range profile.KIDs() {
		if name, value, err := KeyID(word, key); err == nil && value == word {
			t.Errorf("%s: the header has %s %q", word, name, value)
		}
	}
}
