package acquire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"testing"
	"time"

	"authctl/internal/grant"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
	"authctl/internal/token"
)

// unaskedSTS is a security token service that no message may go to.
type unaskedSTS struct{ ways int }

func (*unaskedSTS) Holder(context.Context, *profile.Profile) (tls.Certificate, error) {
	return tls.Certificate{Leaf: &x509.Certificate{Raw: []byte("certificate")}}, nil
}

func (*unaskedSTS) Signers(context.Context, *profile.Profile) ([]*x509.Certificate, error) {
	return nil, nil
}

func (s *unaskedSTS) Way(context.Context, *profile.Profile, tls.Certificate) (Poster, error) {
	s.ways++
	return nil, errors.New("the service was asked")
}

// Where the server refuses every assertion, N processes must not ask N times: one whose
// kept assertion was refused takes what another was given meanwhile, and that is the end.
func TestARefusedAssertionIsReplacedOnce(t *testing.T) {
	for _, name := range []string{"exchange", "token"} {
		t.Run(name, func(t *testing.T) {
			sts := &unaskedSTS{}
			b := newFixture(t, refused("invalid_token", "no"), refused("invalid_token", "no"))
			b.STS = sts
			p := plain()
			p.Grant = "token_exchange"
			p.STS = profile.DefaultSTS()
			p.STS.URL, p.STS.AppliesTo = "https://sts.example/issue", "urn:service"
			w, err := b.wanted(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			keep := func(n int) {
				b.store.records[w.key] = store.Record{
					Profile: p.Name, Grant: store.GrantAssertion, Set: token.Set{ObtainedAt: b.now, ExpiresAt: b.now.Add(time.Hour)},
					Value: secret.New(fmt.Sprintf(`<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_%d"/>`, n)),
				}
			}
			keep(0)
			b.store.locked = func() { keep(len(b.http.seen)) } // another process was faster
			if name == "exchange" {
				_, err = b.ExchangeIssued(t.Context(), p, p, grant.Subject{}, Options{})
			} else {
				_, err = b.Token(t.Context(), p, Options{})
			}
			if !refusedSubject(err) || sts.ways > 0 {
				t.Errorf("%v, and the service was asked %d times", err, sts.ways)
			}
		})
	}
}
