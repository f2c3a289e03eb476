package metadata

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
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
}

func (d *documents) Get(_ context.Context, url string, limit int64) (endpoint.Answer, error) {
	d.asked = append(d.asked, url)
	body, ok := d.bodies[url]
	switch {
	case !ok:
		return endpoint.Answer{Status: 404, Header: http.Header{}}, nil
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
		if e.Issuer != issuer || !secure(e.Token, false) {
			t.Errorf("believed %+v", e)
		}
	})
}
