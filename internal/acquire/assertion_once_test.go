package acquire

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// A redirect is called by its name and goes nowhere.
func TestTheSTSRedirects(t *testing.T) {
	b := newFixture(t)
	newSTS(t, b).every = status(307, http.Header{"Location": {"https://elsewhere.example/x?secret=1"}}, nil)
	_, err := b.Assertion(t.Context(), asksSTS(), Options{})
	if fault.KindOf(err) != fault.Network || !strings.Contains(err.Error(), "a redirect to https://elsewhere.example/x?..., which authctl does not follow") || len(b.store.puts) > 0 {
		t.Error(err)
	}
}

// Where the server refuses every assertion, N processes must not ask N times: one whose
// kept assertion was refused takes what another was given meanwhile, and that is the end.
func TestARefusedAssertionIsReplacedOnce(t *testing.T) {
	for _, name := range []string{"exchange", "token"} {
		t.Run(name, func(t *testing.T) {
			b := newFixture(t, refused("invalid_token", "no"), refused("invalid_token", "no"))
			s, p := newSTS(t, b), asksSTS()
			if _, err := b.Assertion(t.Context(), p, Options{}); err != nil {
				t.Fatal(err)
			}
			w, err := b.wanted(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			b.store.locked = func() { // another process was faster
				rec := b.store.records[w.key]
				rec.Value = secret.New(strings.Replace(rec.Value.Reveal(), `ID="_`, fmt.Sprintf(`ID="_%d`, len(b.http.seen)), 1))
				b.store.records[w.key] = rec
			}
			if name == "exchange" {
				_, err = b.ExchangeIssued(t.Context(), p, p, grant.Subject{}, Options{})
			} else {
				_, err = b.Token(t.Context(), p, Options{})
			}
			if !refusedSubject(err) || len(s.seen) > 1 {
				t.Errorf("%d Issues: %v", len(s.seen), err)
			}
		})
	}
}

// Of one name given twice, neither is chosen; and the profile's own claim is no other wish.
func TestAClaimIsGivenOnce(t *testing.T) {
	p := asksSTS()
	p.STS.Claims = []profile.STSClaim{{Name: "urn:cvr", Value: "01"}}
	if _, err := ClaimSTS(p, []string{"urn:cvr=02", "urn:cvr=03"}); fault.KindOf(err) != fault.Usage {
		t.Error(err)
	}
	same, err := ClaimSTS(p, []string{"urn:cvr=01"})
	if err != nil || same.STS.Asked != "" || Key(same, "") != Key(p, "") {
		t.Errorf("%q: %v", same.STS.Asked, err)
	}
}

// A token that is not made from an assertion of the service is never kept as one for a
// claim of a call, which would get it from then on.
func TestClaimsWithoutPart(t *testing.T) {
	for name, change := range map[string]func(*profile.Profile){
		"the client's own":      func(p *profile.Profile) { p.Grant = "client_credentials" },
		"a given subject token": func(p *profile.Profile) { p.Exchange.SubjectToken = secret.Ref{Kind: secret.Env, Name: "ASSERTION"} },
		"a login":               func(p *profile.Profile) { p.Grant = "authorization_code" },
	} {
		t.Run(name, func(t *testing.T) {
			b := newFixture(t)
			newSTS(t, b)
			p := asksSTS()
			change(p)
			claimed, err := ClaimSTS(p, []string{"urn:cvr=02"})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.Token(t.Context(), claimed, Options{}); fault.KindOf(err) != fault.Usage || len(b.store.puts) > 0 {
				t.Error(err)
			}
		})
	}
}
