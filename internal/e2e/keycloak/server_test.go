//go:build e2e

package keycloak

import (
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// server is one KL Gateway, the real one or the sandbox's, as a case sees it.
type server struct {
	issuer   string // the realm URL, which is the assertion's aud
	tokenURL string
	client   string
	key      *rsa.PrivateKey
	kid      string
	session  func(t *testing.T) string // a refresh token of a new session
}

// answer is what a token endpoint said.
type answer struct {
	Status       int    `json:"-"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	Error        string `json:"error"`
	Description  string `json:"error_description"`
}

func (a answer) String() string { return fmt.Sprintf("%d %s: %s", a.Status, a.Error, a.Description) }

func (s *server) assertion() *assertion { return newAssertion(s) }

func (s *server) clientCredentials(jws string) url.Values {
	return authenticated(url.Values{"grant_type": {"client_credentials"}}, jws)
}

// withAssertion authenticates the form by a new assertion.
func (s *server) withAssertion(f url.Values) url.Values {
	return authenticated(f, s.assertion().sign())
}

func authenticated(f url.Values, jws string) url.Values {
	f.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	f.Set("client_assertion", jws)
	return f
}

func (s *server) post(t *testing.T, f url.Values) answer {
	t.Helper()
	var a answer
	a.Status = s.postInto(t, f, &a)
	return a
}

// postInto decodes the JSON answer of s.tokenURL and returns its status.
func (s *server) postInto(t *testing.T, f url.Values, into any) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.tokenURL, strings.NewReader(f.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("answer of %s is not JSON: %v", s.tokenURL, err)
	}
	return resp.StatusCode
}

// mustGrant posts a form that a case needs to succeed.
func (s *server) mustGrant(t *testing.T, f url.Values) answer {
	t.Helper()
	a := s.post(t, f)
	if a.Status != http.StatusOK {
		t.Fatalf("%s: %v", s.tokenURL, a)
	}
	return a
}
