package doctor

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
)

// canary is in every secret of these tests and must be in no result.
const canary = "canary-4711"

// fixture is a machine and a server as one test wants them.
type fixture struct {
	secrets map[string]string // by name of an env: reference
	asked   []string          // names of secrets, in order
	sent    []string          // METHOD URL
	pages   map[string]string // bodies by URL; others answer 404
	date    time.Time         // the server's clock; zero sends none
	header  http.Header       // more headers of every answer
	peer    *x509.Certificate // of every https host
	down    bool
	hangs   bool
	timeout time.Duration // 0: a minute
	store   Store
	missing error // of opening the store
	tls     *tls.Config
}

func now() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func (b *fixture) Resolve(_ context.Context, _ string, ref secret.Ref) (secret.Text, error) {
	b.asked = append(b.asked, ref.Name)
	text, ok := b.secrets[ref.Name]
	if !ok {
		return secret.Text{}, fault.New(fault.Config, "%s is not set", ref.Name).Hint("set %s", ref.Name)
	}
	return secret.New(text), nil
}

func (b *fixture) RoundTrip(r *http.Request) (*http.Response, error) {
	b.sent = append(b.sent, r.Method+" "+r.URL.String())
	if b.down {
		return nil, io.ErrUnexpectedEOF
	}
	if b.hangs {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	h := http.Header{}
	for name, v := range b.header {
		h[name] = v
	}
	if !b.date.IsZero() {
		h.Set("Date", b.date.Format(http.TimeFormat))
	}
	body, ok := b.pages[r.URL.String()]
	resp := &http.Response{StatusCode: 200, Header: h, Request: r, Body: io.NopCloser(strings.NewReader(body))}
	if !ok {
		resp.StatusCode = 404
	}
	if b.peer != nil && r.URL.Scheme == "https" {
		resp.TLS = &tls.ConnectionState{Version: tls.VersionTLS13, PeerCertificates: []*x509.Certificate{b.peer}}
	}
	return resp, nil
}

func (b *fixture) deps() Deps {
	return Deps{
		Secrets: b, Now: now, Timeout: cmp.Or(b.timeout, time.Minute),
		Store: func() (Store, error) { return b.store, b.missing },
		TLS:   func(context.Context, *profile.Profile) (*tls.Config, error) { return b.tls, nil },
		Client: func(context.Context, *profile.Profile) (*endpoint.Client, error) {
			return &endpoint.Client{HTTP: b, Now: now}, nil
		},
		Busy: func(string) func() { return func() {} },
	}
}

// examine reports p's results as "STATE CHECK: FINDING [hint; hint]", and
// holds what is true of every one.
func (b *fixture) examine(t *testing.T, p *profile.Profile, o Options) []string {
	t.Helper()
	var lines []string
	b.asked = nil
	Examine(t.Context(), b.deps(), p, o, func(r Result) {
		text := fmt.Sprintf("%s %s: %s", r.State, r.Check, r.Finding)
		if len(r.Hints) > 0 {
			text += " [" + strings.Join(r.Hints, "; ") + "]"
		}
		if bad := r.State == Fail || r.State == Warn; bad != (len(r.Hints) > 0) || (r.State == Fail) != (r.Kind != 0) {
			t.Errorf("hints or kind %v: %s", r.Kind, text)
		}
		if strings.Contains(text, canary) || strings.Contains(text, "\n") || r.Profile != p.Name {
			t.Errorf("of %q: %s", r.Profile, text)
		}
		lines = append(lines, text)
	})
	slices.Sort(b.asked)
	if once := slices.Compact(slices.Clone(b.asked)); len(once) != len(b.asked) {
		t.Errorf("a secret was asked for twice: %v", b.asked)
	}
	return lines
}

// expect looks for a line that begins with the state and check and holds every other word.
func expect(t *testing.T, lines []string, start string, words ...string) {
	t.Helper()
	for _, l := range lines {
		if !strings.HasPrefix(l, start+": ") {
			continue
		}
		for _, w := range words {
			if !strings.Contains(l, w) {
				t.Errorf("%q is not in %s", w, l)
			}
		}
		return
	}
	t.Errorf("no line %q in\n%s", start, strings.Join(lines, "\n"))
}

func newProfile(change func(*profile.Profile)) *profile.Profile {
	p := profile.Default()
	p.Name, p.TokenURL, p.Client.ID = "p", "https://as.example/token", "c"
	p.Client.Secret, p.API.Hosts = env("SECRET"), []string{"api.example"}
	if change != nil {
		change(&p)
	}
	return &p
}

func env(name string) secret.Ref { return secret.Ref{Kind: secret.Env, Name: name} }

func newFixture() *fixture {
	return &fixture{secrets: map[string]string{"SECRET": canary}, date: now(), store: kept{kind: store.KindFile}}
}

// kept is a store that holds list.
type kept struct {
	kind  string
	ready error
	list  []store.Entry
}

func (k kept) Kind() string                                { return k.kind }
func (k kept) Folder() string                              { return "/state" }
func (k kept) Ready(context.Context) error                 { return k.ready }
func (k kept) List(context.Context) ([]store.Entry, error) { return k.list, nil }

func newKey(t *testing.T) *keys.Key {
	t.Helper()
	k, err := keys.Generate("ES256", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func keyPEM(t *testing.T, k *keys.Key) string {
	t.Helper()
	der, err := k.PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// certify makes a certificate of k that is good until then.
func certify(t *testing.T, k *keys.Key, until time.Time) (string, *x509.Certificate) {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: until.AddDate(-1, 0, 0), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.Public, k.Signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), cert
}

// document is a discovery document of https://as.example.
func document(changes map[string]any) string {
	d := map[string]any{"issuer": "https://as.example", "token_endpoint": "https://as.example/token", "jwks_uri": "https://as.example/jwks"}
	for name, v := range changes {
		d[name] = v
	}
	raw, _ := json.Marshal(d)
	return string(raw)
}

func jwks(t *testing.T) string {
	t.Helper()
	jwk, err := newKey(t).PublicJWK()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(map[string]any{"keys": []any{jwk}})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
