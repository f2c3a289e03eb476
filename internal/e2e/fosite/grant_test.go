//go:build e2e

package fosite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/e2e/features"
)

// finish writes a finished assertion where the profiles finished and federated read it.
func (s *server) finish(t *testing.T, assertion string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.folder, "finished"), []byte(assertion), 0o600); err != nil {
		t.Fatal(err)
	}
}

// refused is a call that fosite must refuse: exit 4, nothing on stdout, and what
// fosite said and the field that it is about on stderr.
func (s *server) refused(t *testing.T, args []string, says ...string) {
	t.Helper()
	r := s.Run(t, "", args...)
	t.Logf("authctl %s\n%s", strings.Join(args, " "), r.Stderr)
	if r.Code != 4 || r.Stdout != "" {
		t.Errorf("exit %d, %d bytes on stdout", r.Code, len(r.Stdout))
	}
	for _, want := range says {
		if !strings.Contains(r.Stderr, want) {
			t.Errorf("no %q in what is said", want)
		}
	}
}

// TestSignedGrant: fosite grants, and knows the token as the subject's; each
// request has an assertion of its own.
func TestSignedGrant(t *testing.T) {
	s := start(t)
	token := s.Must(t, "", "token", "-p", "signed")
	if know := s.introspect(t, token); know.Sub != subject {
		t.Errorf("fosite knows the token as %q's", know.Sub)
	}
	if again := s.Must(t, "", "token", "-p", "signed"); again != token {
		t.Error("the kept token was not used")
	}
	if fresh := s.Must(t, "", "token", "-p", "signed", "--force"); fresh == token {
		t.Error("--force gave the kept token")
	}
	s.refused(t, []string{"token", "-p", "stranger"}, "invalid_grant", "issuer 'somebody'", "check grant_assertion.issuer")
}

// TestReplayedGrant: fosite takes a jti once (RFC 7523 3).
func TestReplayedGrant(t *testing.T) {
	s := start(t)
	s.finish(t, s.Must(t, "", "assert", "-p", "signed", "--grant"))
	s.Must(t, "", "token", "-p", "finished")
	s.refused(t, []string{"token", "-p", "finished", "--force"}, "jti_known", "The jti was already used", "exchange.subject_token of profile finished was used before")
}

// TestRefusedGrants: each of fosite's checks, by an assertion that authctl signed.
func TestRefusedGrants(t *testing.T) {
	s := start(t)
	unknown := s.key("unknown")
	features.NewKey(t, unknown, "RS256")
	kid := s.Must(t, "", "kid", s.key("grant"), "--as", "thumbprint")
	for name, c := range map[string]struct {
		flags []string // of assert --grant
		says  string
	}{
		"another issuer":   {[]string{"--client-id", "somebody"}, "issuer 'somebody'"},
		"another subject":  {[]string{"--subject", "otto"}, "subject 'otto'"},
		"another audience": {[]string{"--audience", "https://other.example/token"}, "'aud' (audience)"},
		"another key":      {[]string{"--key", unknown}, "No public JWK was registered"},
		"another key under the kid of a known one": {[]string{"--key", unknown, "--kid", kid}, "integrity"},
		"an hour of life":                          {[]string{"--lifetime", "1h"}, "unreasonably far in the future"},
		"no jti":                                   {[]string{"--claim", "jti=null"}, "'jti' (JWT ID)"},
		"no iat":                                   {[]string{"--claim", "iat=null"}, "'iat' (issued at)"},
	} {
		t.Run(name, func(t *testing.T) {
			s.finish(t, s.Must(t, "", append([]string{"assert", "-p", "signed", "--grant"}, c.flags...)...))
			s.refused(t, []string{"token", "-p", "finished"}, "invalid_grant", c.says, "check the assertion of exchange.subject_token in profile finished")
		})
	}
}

// TestOldGrant: an assertion that has ended before it is sent.
func TestOldGrant(t *testing.T) {
	s := start(t)
	s.finish(t, s.Must(t, "", "assert", "-p", "signed", "--grant", "--lifetime", "1s"))
	time.Sleep(2 * time.Second)
	s.refused(t, []string{"token", "-p", "finished"}, "invalid_grant", "request parameter expired")
}

// TestClients: private_key_jwt by each algorithm; fosite takes its jti once too.
func TestClients(t *testing.T) {
	s := start(t)
	for _, alg := range algs() {
		t.Run(alg, func(t *testing.T) {
			if know := s.introspect(t, s.Must(t, "", "token", "-p", alg)); know.ClientID != alg {
				t.Errorf("fosite knows the token as %q's", know.ClientID)
			}
		})
	}
	s.finish(t, s.Must(t, "", "assert", "-p", "ES256"))
	s.Must(t, "", "token", "-p", "federated")
	s.refused(t, []string{"token", "-p", "federated", "--force"}, "jti_known", "client.assertion of profile federated was used before")
	s.finish(t, s.Must(t, "", "assert", "-p", "ES256", "--audience", "https://other.example/token"))
	s.refused(t, []string{"token", "-p", "federated", "--force"}, "invalid_client", "Claim 'audience'", "check the assertion of client.assertion")
}
