package clientauth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// given resolves references from a map; a file: reference is read anew each time.
type given map[string]string

func (g given) Resolve(_ context.Context, _ string, r secret.Ref) (secret.Text, error) {
	if r.Kind == secret.File {
		raw, err := os.ReadFile(r.Path)
		return secret.New(string(raw)), err
	}
	v, ok := g[r.Name]
	if !ok {
		return secret.Text{}, fault.New(fault.Config, "no secret %s", r.Name)
	}
	return secret.New(v), nil
}

func keyring(name string) secret.Ref { return secret.Ref{Kind: secret.Keyring, Name: name} }

func pemKey(t *testing.T, alg string) string {
	t.Helper()
	k, err := keys.Generate(alg, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := k.PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// authenticated is a request after the profile's method touched it.
func authenticated(p *profile.Profile, s secret.Resolver) (*endpoint.Request, error) {
	r := &endpoint.Request{Profile: p, Issuer: "https://as.example", TokenURL: "https://as.example/token"}
	build, ok := Builtin(Deps{Secrets: s, Now: time.Now, Rand: rand.Reader})[p.Client.Auth]
	if !ok {
		return r, fmt.Errorf("no method %s", p.Client.Auth)
	}
	return r, build(p).Authenticate(context.Background(), r)
}

func body(r *endpoint.Request) map[string]string {
	m := map[string]string{}
	for _, p := range r.Params {
		m[p.Name] = fmt.Sprint(p.Value)
	}
	return m
}

func client(method string) *profile.Profile {
	p := profile.Default()
	p.Name, p.Issuer, p.Client.ID, p.Client.Auth = "p", "https://as.example", "the client", method
	p.Client.Secret, p.Client.Key = keyring("s"), keyring("k")
	return &p
}

func TestSecretMethods(t *testing.T) {
	s := given{"s": "p:s +%"}
	p := client("client_secret_basic")
	r, err := authenticated(p, s)
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte("the+client:p%3As+%2B%25"))
	if err != nil || r.Headers[0].Value != want {
		t.Fatalf("form: %v %+v", err, r)
	}
	if !r.Headers[0].Secret {
		t.Error("form: the header is not marked as secret")
	}
	if len(r.Params) != 0 {
		t.Errorf("form: parameters %+v", r.Params)
	}
	p.Client.BasicEncoding = "raw"
	r, err = authenticated(p, s)
	want = "Basic " + base64.StdEncoding.EncodeToString([]byte("the client:p:s +%"))
	if err != nil || r.Headers[0].Value != want {
		t.Errorf("raw: %v %+v", err, r)
	}
	r, err = authenticated(client("client_secret_post"), s)
	if b := body(r); err != nil || b["client_id"] != "the client" || b["client_secret"] != "p:s +%" || len(r.Headers) != 0 {
		t.Errorf("post: %v %v", err, b)
	}
	for _, method := range []string{"none", "tls_client_auth", "self_signed_tls_client_auth"} {
		r, err = authenticated(client(method), given{})
		if b := body(r); err != nil || len(b) != 1 || b["client_id"] != "the client" {
			t.Errorf("%s: %v %v", method, err, b)
		}
	}
}

func TestAssertionMethodsAreNewForEveryRequest(t *testing.T) {
	for method, s := range map[string]given{
		"private_key_jwt":   {"k": pemKey(t, "ES256")},
		"client_secret_jwt": {"s": strings.Repeat("s", 32)},
	} {
		p := client(method)
		p.Assertion.KID = "none"
		first, err := authenticated(p, s)
		if err != nil {
			t.Errorf("%s: %v", method, err)
			continue
		}
		second, err := authenticated(p, s)
		a, b := body(first), body(second)
		if err != nil || a["client_assertion_type"] != profile.JWTAssertion || a["client_assertion"] == b["client_assertion"] {
			t.Errorf("%s: %v %v", method, err, a)
		}
	}
}

func TestFederatedReadsItsFileForEveryRequest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	p := client("federated")
	p.Client.Assertion = secret.Ref{Kind: secret.File, Path: path}
	for _, value := range []string{"first", "rotated"} {
		if err := os.WriteFile(path, []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := authenticated(p, given{})
		if b := body(r); err != nil || b["client_assertion"] != value {
			t.Errorf("%v %v", err, b)
		}
	}
}

func TestABrokenKeyIsNamedAndNotShown(t *testing.T) {
	p := client("private_key_jwt")
	_, err := authenticated(p, given{"k": "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----\n"})
	if fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), "keyring:k") || strings.Contains(err.Error(), "Y2FuYXJ5") {
		t.Errorf("%v", err)
	}
}

func TestACertificateOfAnotherKeyIsRefused(t *testing.T) {
	p := client("private_key_jwt")
	p.Client.Certificate = secret.Ref{Kind: secret.File, Path: "../../cmd/testdata/vectors/klg-holder-of-key.crt.pem"}
	_, err := authenticated(p, given{"k": pemKey(t, "RS256")})
	if fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), "client.certificate") {
		t.Errorf("%v", err)
	}
}
