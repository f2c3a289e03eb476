//go:build e2e

package features

import (
	"net/url"
	"strings"
	"testing"
)

// Added makes a profile on the preset by four answers (issuer, client_id, scopes, host of
// the API), gives it the secret of ID, and has the server say whose the token is.
func (s *Server) Added(t *testing.T, preset, scopes string) {
	t.Helper()
	at, err := url.Parse(s.Issuer)
	if err != nil {
		t.Fatal(err)
	}
	answers := strings.Join([]string{s.Issuer, s.ID, scopes, at.Host, ""}, "\n")
	s.Must(t, answers, "profile", "add", "added", "--preset", preset, "--no-secrets")
	s.Env = append(s.Env, "AUTHCTL_SECRET_ADDED_CLIENT_SECRET="+s.Secret)
	seen := s.Active(t, s.Must(t, "", "token", "-p", "added"), s.ID)
	for scope := range strings.FieldsSeq(scopes) {
		if !strings.Contains(" "+seen.Scope+" ", " "+scope+" ") {
			t.Errorf("the token has the scopes %q, without %s", seen.Scope, scope)
		}
	}
}
