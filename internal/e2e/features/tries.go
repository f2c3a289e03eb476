//go:build e2e

package features

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// Machine gets a token by the profile's own grant; the server knows it as the client's.
func (s *Server) Machine(profile, client string) func(*testing.T) Verdict {
	return func(t *testing.T) Verdict {
		s.Active(t, s.Must(t, "", "token", "-p", profile), client)
		return Works()
	}
}

// Bound is Machine for a token that is bound to the certificate (RFC 8705 3.1).
func (s *Server) Bound(profile, client string, to *x509.Certificate) func(*testing.T) Verdict {
	return func(t *testing.T) Verdict {
		seen := s.Active(t, s.Must(t, "", "token", "-p", profile), client)
		sum := sha256.Sum256(to.Raw)
		if want := base64.RawURLEncoding.EncodeToString(sum[:]); seen.Cnf.X5TS != want {
			t.Errorf("bound to %q, wanted the certificate %q", seen.Cnf.X5TS, want)
		}
		return Works()
	}
}

// DPoP is Machine for a token that is bound to a key (RFC 9449 6).
func (s *Server) DPoP(profile, client string) func(*testing.T) Verdict {
	return func(t *testing.T) Verdict {
		seen := s.Active(t, s.Must(t, "", "token", "-p", profile), client)
		if seen.Cnf.JKT == "" {
			t.Error("the token is not bound to a key")
		}
		return Works()
	}
}

// Login logs in by authorization code with PKCE and uses the token. With pushed the browser
// must have carried a request_uri (RFC 9126 4), else everything but.
func (s *Server) Login(profile, client string, pushed bool) func(*testing.T) Verdict {
	return func(t *testing.T) Verdict {
		r := s.Person.Login(t, s.Authctl, "login-pkce", "-p", profile, "--no-browser")
		s.used(t, profile, client, r.Code, r.Stdout, r.Stderr)
		want := "code_challenge_method=S256"
		if pushed {
			want = "request_uri="
		}
		if !strings.Contains(r.Stderr, want) {
			t.Errorf("the browser's address has no %s\n%s", want, r.Stderr)
		}
		return Works()
	}
}

// Device logs in by device authorization and uses the token.
func (s *Server) Device(profile, client string) func(*testing.T) Verdict {
	return func(t *testing.T) Verdict {
		r := s.Person.Login(t, s.Authctl, "login-device", "-p", profile)
		s.used(t, profile, client, r.Code, r.Stdout, r.Stderr)
		return Works()
	}
}

// UnaskedPKCE shows that the server grants a device request without a code_challenge to a client
// that has to use PKCE: it is not enforced there.
func (s *Server) UnaskedPKCE(client, secret string) func(*testing.T) Verdict {
	return func(t *testing.T) Verdict {
		var answer struct {
			Code string `json:"device_code"`
		}
		status, body := s.post(t, s.DeviceURL, client, secret, url.Values{"client_id": {client}}, &answer)
		if status != http.StatusOK || answer.Code == "" {
			t.Fatalf("%s: HTTP %d: %.300s", s.DeviceURL, status, body)
		}
		return Lacks("the server answers a device request without code_challenge with a device_code")
	}
}

// Unlisted shows that the server's discovery document does not list the value in the member.
func (s *Server) Unlisted(member, value string) func(*testing.T) Verdict {
	return func(t *testing.T) Verdict {
		var document map[string]any
		s.get(t, s.Issuer+"/.well-known/openid-configuration", &document)
		listed, ok := document[member].([]any)
		if !ok || slices.Contains(listed, any(value)) {
			t.Errorf("%s is %v: it does not say that %s is not offered", member, document[member], value)
		}
		return Lacks(fmt.Sprintf("%s: %v", member, listed))
	}
}

// used checks the token of a login: the server's own word, and that its API takes it from
// authctl's store.
func (s *Server) used(t *testing.T, profile, client string, code int, token, stderr string) {
	t.Helper()
	if code != 0 || token == "" {
		t.Fatalf("exit %d, %d bytes on stdout\n%s", code, len(token), stderr)
	}
	// The API of every provider is the userinfo endpoint, for those who asked for openid.
	if seen := s.Active(t, token, client); !slices.Contains(strings.Fields(seen.Scope), "openid") {
		return
	}
	if me := s.Must(t, "", "curl", "-p", profile, "--", "-sS", s.UserinfoURL); !strings.Contains(me, `"sub"`) {
		t.Errorf("%s says %.200s", s.UserinfoURL, me)
	}
}

// Rotation refreshes a session twice: each time the server gives a new refresh token and
// refuses the old one, which authctl never sends by itself.
func (s *Server) Rotation(profile, client string) func(*testing.T) Verdict {
	return func(t *testing.T) Verdict {
		s.session(t, profile)
		var old string
		for range 2 {
			old = s.Must(t, "", "token", "-p", profile, "--select", "refresh_token")
			s.Active(t, s.Must(t, "", "refresh", "-p", profile), client)
			if s.Must(t, "", "token", "-p", profile, "--select", "refresh_token") == old {
				t.Fatal("the refresh token was not replaced")
			}
		}
		r := s.Run(t, old, "refresh", "-p", profile, "--refresh-token", "-")
		if r.Code == 0 || r.Stdout != "" {
			t.Errorf("a spent refresh token: exit %d, %d bytes on stdout\n%s", r.Code, len(r.Stdout), r.Stderr)
		}
		return Works()
	}
}

// DPoPLogin logs in with a bound session and refreshes it; both tokens are used with proofs of
// one key.
func (s *Server) DPoPLogin(profile, client string, pushed bool) func(*testing.T) Verdict {
	return func(t *testing.T) Verdict {
		s.Login(profile, client, pushed)(t)
		first := s.Introspect(t, s.Must(t, "", "token", "-p", profile)).Cnf.JKT
		second := s.Introspect(t, s.Must(t, "", "refresh", "-p", profile)).Cnf.JKT
		if first == "" || second != first {
			t.Errorf("bound to %q, after the refresh to %q", first, second)
		}
		s.used(t, profile, client, 0, s.Must(t, "", "token", "-p", profile), "")
		return Works()
	}
}

// Exchange exchanges the token of the session of from (RFC 8693); args are the rest of the call.
func (s *Server) Exchange(profile, client, from string, args ...string) func(*testing.T) Verdict {
	return func(t *testing.T) Verdict {
		subject := s.session(t, from)
		s.Active(t, s.Must(t, subject, append([]string{"exchange", "-p", profile, "--subject-token", "-"}, args...)...), client)
		return Works()
	}
}

// Delegation is Exchange with the token of the profile actor as the actor token; the
// new token must name the client actor as who acts (RFC 8693 4.1).
func (s *Server) Delegation(profile, client, from, actor string) func(*testing.T) Verdict {
	return func(t *testing.T) Verdict {
		if seen := s.delegated(t, profile, client, from, actor); seen.Act.Sub != actor {
			t.Errorf("act names %q, wanted %s", seen.Act.Sub, actor)
		}
		return Works()
	}
}

// Undelegated is Delegation at a server that takes an actor token and forgets it.
func (s *Server) Undelegated(profile, client, from, actor string) func(*testing.T) Verdict {
	return func(t *testing.T) Verdict {
		if seen := s.delegated(t, profile, client, from, actor); seen.Act.Sub != "" {
			t.Errorf("act names %q: the server does know actors", seen.Act.Sub)
		}
		return Lacks("the server answers a request with actor_token with a token that has no act")
	}
}

func (s *Server) delegated(t *testing.T, profile, client, from, actor string) Seen {
	t.Helper()
	subject := s.session(t, from)
	s.Env = append(s.Env, "E2E_ACTOR="+s.Must(t, "", "token", "-p", actor))
	token := s.Must(t, subject, "exchange", "-p", profile, "--subject-token", "-",
		"--actor-token", "env:E2E_ACTOR", "--actor-token-type", "access_token")
	return s.Active(t, token, client)
}

// Revocation logs out: the server no longer takes any token of the session.
func (s *Server) Revocation(profile, client string) func(*testing.T) Verdict {
	return func(t *testing.T) Verdict {
		access := s.session(t, profile)
		refresh := s.Must(t, "", "token", "-p", profile, "--select", "refresh_token")
		s.Active(t, access, client)
		if r := s.Run(t, "", "logout", "-p", profile); r.Code != 0 || !strings.Contains(r.Stdout, "revoked") {
			t.Errorf("exit %d, %s%s", r.Code, r.Stdout, r.Stderr)
		}
		for name, token := range map[string]string{"access": access, "refresh": refresh} {
			if s.Introspect(t, token).Active {
				t.Errorf("the %s token is still active", name)
			}
		}
		return Works()
	}
}

// session is the access token of a new login of the profile.
func (s *Server) session(t *testing.T, profile string) string {
	t.Helper()
	return s.Person.MustLogin(t, s.Authctl, "login-pkce", "-p", profile, "--no-browser")
}

// Refused runs a call that the server must refuse with these words in what authctl says; its
// first line is the verdict.
func (s *Server) Refused(words string, args ...string) func(*testing.T) Verdict {
	return func(t *testing.T) Verdict {
		r := s.Run(t, "", args...)
		if r.Code == 0 || r.Stdout != "" || !strings.Contains(r.Stderr, words) {
			t.Errorf("exit %d, %d bytes on stdout, wanted %q\n%s", r.Code, len(r.Stdout), words, r.Stderr)
		}
		said, _, _ := strings.Cut(r.Stderr, "\n")
		return Lacks(said)
	}
}
