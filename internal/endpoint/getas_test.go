package endpoint

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"authctl/internal/secret"
)

// A bearer token goes to the address that it is for, follows no redirect, and is
// in neither the trace nor what the server echoes of it.
func TestGetAs(t *testing.T) {
	const bearer = "CANARY-b3ar3r"
	var elsewhere, seen string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { elsewhere = r.Header.Get("Authorization") + "!" }))
	defer other.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header.Get("Authorization")
		if r.URL.Path == "/away" {
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"error":"denied","error_description":"not for ` + bearer + `"}`))
	}))
	defer s.Close()
	var trace strings.Builder
	c := &Client{HTTP: NewTransport(Setup{}), Now: time.Now, Trace: TextTrace{W: &trace}}
	for _, path := range []string{"/away", "/"} {
		a, err := c.GetAs(t.Context(), s.URL+path, secret.New(bearer), MaxBody)
		if err != nil || seen != "Bearer "+bearer || elsewhere != "" {
			t.Errorf("%s: sent %q, elsewhere %q, %v", path, seen, elsewhere, err)
		}
		if text := AsRefusal(a).Error() + trace.String(); strings.Contains(text, bearer) {
			t.Errorf("%s shows the token: %s", path, text)
		}
	}
	if _, err := c.Get(t.Context(), s.URL, MaxBody); err != nil || seen != "" {
		t.Errorf("a public document was asked for with %q, %v", seen, err)
	}
}
