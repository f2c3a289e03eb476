package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"authctl/internal/config"
	"authctl/internal/fault"
	"authctl/internal/jwt"
	"authctl/internal/keys"
	"authctl/internal/metadata"
	"authctl/internal/profile"
)

// jwksServer answers every request with the JWKS of its keys and counts.
type jwksServer struct {
	keys  []*keys.Key
	asked int
}

func (s *jwksServer) RoundTrip(r *http.Request) (*http.Response, error) {
	s.asked++
	var all []keys.JWK
	for _, k := range s.keys {
		j, err := k.PublicJWK()
		if err != nil {
			return nil, err
		}
		j.Kid = k.KID
		all = append(all, j)
	}
	body, err := json.Marshal(map[string]any{"keys": all})
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(string(body))),
	}, nil
}

func newKey(t *testing.T, kid string) *keys.Key {
	t.Helper()
	k, err := keys.Generate("ES256", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k.KID = kid
	return k
}

func signed(t *testing.T, k *keys.Key) string {
	t.Helper()
	s, err := jwt.Sign(k, "ES256", map[string]any{"kid": k.KID}, map[string]any{"iss": "i"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A rotated key is found by one fetch; a kid that nobody has costs one, too.
func TestUnknownKeyIsWorthOneFetch(t *testing.T) {
	old, rotated, stranger, forger := newKey(t, "old"), newKey(t, "new"), newKey(t, "stranger"), newKey(t, "new")
	server := &jwksServer{keys: []*keys.Key{old}}
	a := &App{
		Sys:      System{Now: time.Now, HTTP: server, Env: func(string) (string, bool) { return "", false }},
		Settings: config.Settings{CacheDir: t.TempDir()},
	}
	p := profile.Default()
	p.Name, p.JWKSURL = "x", "https://as.example/jwks"
	o := jwt.VerifyOptions{Now: time.Now(), OptionalExp: true}
	verify := func(k *keys.Key) error {
		_, err := verified(a, &p, signed(t, k), o)
		return err
	}
	for _, step := range []struct {
		name  string
		key   *keys.Key
		asked int
		ok    bool
	}{
		{"first", old, 1, true},
		{"cached", old, 0, true},
		{"rotated", rotated, 1, true},
		{"cached again", rotated, 0, true},
		{"forged under a known kid", forger, 0, false},
		{"unknown", stranger, 1, false},
	} {
		if step.name == "rotated" {
			server.keys = []*keys.Key{rotated}
		}
		server.asked = 0
		err := verify(step.key)
		if (err == nil) != step.ok || server.asked != step.asked {
			t.Errorf("%s: %d requests, want %d; %v", step.name, server.asked, step.asked, err)
		}
		if !step.ok && !errors.Is(err, jwt.ErrUnknownKey) && !(step.key == forger && errors.Is(err, jwt.ErrSignature)) {
			t.Errorf("%s: %v", step.name, err)
		}
	}
}

func TestJWKSOnlyOverTLS(t *testing.T) {
	server := &jwksServer{keys: []*keys.Key{newKey(t, "a")}}
	a := &App{Sys: System{Now: time.Now, HTTP: server, Env: func(string) (string, bool) { return "", false }}}
	for at, ok := range map[string]bool{
		"https://as.example/jwks": true, "http://127.0.0.1:1/jwks": true, "http://as.example/jwks": false, "https://u:p@as.example/": false, "file:///etc": false,
	} {
		server.asked = 0
		_, err := fetched(a, at)
		if (err == nil) != ok || (server.asked == 1) != ok {
			t.Errorf("%s: %d requests, %v", at, server.asked, err)
		}
		if !ok && fault.KindOf(err) != fault.Usage {
			t.Errorf("%s: %v", at, err)
		}
	}
}

// A symmetric key in a JWKS is there for everyone to sign with.
func TestNoSymmetricKeyFromTheNetwork(t *testing.T) {
	shared := &keys.Key{Oct: []byte("0123456789abcdef0123456789abcdef"), KID: "s"}
	server := answer(`{"keys":[{"kty":"oct","kid":"s","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}]}`)
	a := &App{Sys: System{Now: time.Now, HTTP: server, Env: func(string) (string, bool) { return "", false }}}
	forged, err := jwt.Sign(shared, "HS256", map[string]any{"kid": "s"}, map[string]any{"iss": "i"})
	if err != nil {
		t.Fatal(err)
	}
	p := profile.Default()
	p.Name, p.JWKSURL = "x", "https://as.example/jwks"
	if _, err := verified(a, &p, forged, jwt.VerifyOptions{Now: time.Now(), OptionalExp: true}); !errors.Is(err, jwt.ErrUnknownKey) {
		t.Errorf("by profile: %v", err)
	}
	if set, err := fetched(a, p.JWKSURL); len(set) != 0 || err != nil {
		t.Errorf("by URL: %d keys, %v", len(set), err)
	}
}

// answer is a server that always says the same.
type answer string

func (s answer) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Request: r, Body: io.NopCloser(strings.NewReader(string(s))),
	}, nil
}

// verified asks as decode --verify does.
func verified(a *App, p *profile.Profile, token string, o jwt.VerifyOptions) (*jwt.Token, error) {
	source, err := a.Metadata(context.Background(), p)
	if err != nil {
		return nil, err
	}
	return source.Verify(context.Background(), p, token, o)
}

// fetched asks as decode --jwks URL does.
func fetched(a *App, at string) ([]*keys.Key, error) {
	client, err := a.Client(context.Background(), &profile.Profile{})
	if err != nil {
		return nil, err
	}
	return metadata.JWKS(context.Background(), client, at)
}
