//go:build e2e

package features

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"authctl/internal/e2e/person"
	"authctl/internal/e2e/program"
)

// Server is a real one, with an authctl that is registered with it.
type Server struct {
	*program.Authctl
	person.Person
	// Transport reaches all of these; nil is Go's own.
	Transport http.RoundTripper
	// Issuer has the discovery document.
	Issuer string
	// IntrospectURL is asked about tokens with ID and Secret (RFC 7662).
	IntrospectURL, ID, Secret string
	// UserinfoURL is an API that takes a person's token.
	UserinfoURL string
	// DeviceURL is the device authorization endpoint.
	DeviceURL string
}

// Seen is what a server says about a token.
type Seen struct {
	Active    bool
	Scope     string
	ClientID  string `json:"client_id"`
	TokenType string `json:"token_type"`
	Cnf       struct {
		JKT  string `json:"jkt"`
		X5TS string `json:"x5t#S256"`
	}
	Act struct{ Sub string }
}

// Introspect asks the server about a token.
func (s *Server) Introspect(t *testing.T, token string) Seen {
	t.Helper()
	var seen Seen
	if status, body := s.post(t, s.IntrospectURL, s.ID, s.Secret, url.Values{"token": {token}}, &seen); status != http.StatusOK {
		t.Fatalf("%s: HTTP %d: %.300s", s.IntrospectURL, status, body)
	}
	return seen
}

// Active is Introspect for a token that has to be the client's.
func (s *Server) Active(t *testing.T, token, client string) Seen {
	t.Helper()
	seen := s.Introspect(t, token)
	if !seen.Active || seen.ClientID != client {
		t.Errorf("the server says active %v, client %q; wanted a token of %s", seen.Active, seen.ClientID, client)
	}
	return seen
}

// post sends a form with client_secret_basic, and returns the status and the body of the answer,
// which it decodes as JSON too.
func (s *Server) post(t *testing.T, address, id, secret string, form url.Values, into any) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.send(t, req, into)
}

// get decodes the JSON at the address.
func (s *Server) get(t *testing.T, address string, into any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, body := s.send(t, req, into); status != http.StatusOK {
		t.Fatalf("%s: HTTP %d: %.300s", address, status, body)
	}
}

func (s *Server) send(t *testing.T, req *http.Request, into any) (int, []byte) {
	t.Helper()
	transport := s.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("%s: %s: %v: %.300s", req.URL, resp.Status, err, body)
	}
	return resp.StatusCode, body
}
