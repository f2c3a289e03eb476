package acquire

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/profile"
)

// sts is a security token service whose assertions are for whoever bears them.
type sts struct {
	server
	holder tls.Certificate
	life   time.Duration
	now    func() time.Time
}

func (s *sts) Holder(context.Context, *profile.Profile) (tls.Certificate, error) {
	return s.holder, nil
}

func (s *sts) Signers(context.Context, *profile.Profile) ([]*x509.Certificate, error) {
	return nil, nil
}

func (s *sts) Way(context.Context, *profile.Profile, tls.Certificate) (Poster, error) { return s, nil }

// newSTS is one that issues.
func newSTS(t *testing.T, b *fixture) *sts {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, expiring(b.now.AddDate(1, 0, 0)), &x509.Certificate{}, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	s := &sts{holder: tls.Certificate{Certificate: [][]byte{der}, Leaf: leaf, PrivateKey: key}, life: 8 * time.Hour, now: func() time.Time { return b.now }}
	s.every = s.issues
	b.STS = s
	return s
}

// expiring is a certificate that was good for two years.
func expiring(end time.Time) *x509.Certificate {
	return &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "c"}, NotBefore: end.AddDate(-2, 0, 0), NotAfter: end}
}

func (s *sts) issues(*endpoint.Request) (endpoint.Answer, error) {
	until := s.now().Add(s.life).Format(time.RFC3339)
	body := fmt.Sprintf(`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><t:RequestSecurityTokenResponseCollection xmlns:t="http://docs.oasis-open.org/ws-sx/ws-trust/200512">`+
		`<t:RequestSecurityTokenResponse><t:RequestedSecurityToken><Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_%d" Version="2.0" IssueInstant="%s"><Issuer>sts</Issuer>`+
		`<Subject><NameID>n</NameID><SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"/></Subject>`+
		`<Conditions NotOnOrAfter="%s"><AudienceRestriction><Audience>urn:gateway</Audience></AudienceRestriction></Conditions>`+
		`</Assertion></t:RequestedSecurityToken></t:RequestSecurityTokenResponse></t:RequestSecurityTokenResponseCollection></s:Body></s:Envelope>`, len(s.seen), s.now().Format(time.RFC3339), until)
	return endpoint.Answer{Status: 200, Header: http.Header{"Content-Type": {"application/soap+xml; charset=utf-8"}}, Body: []byte(body), At: s.now()}, nil
}

// asksSTS is a profile whose subject token is such an assertion.
func asksSTS() *profile.Profile {
	p := plain()
	p.Grant, p.STS.URL, p.STS.AppliesTo, p.STS.KeyType = "token_exchange", "https://sts.example/soap", "urn:gateway", "bearer"
	return p
}

func TestAnAssertionIsKeptUntilItsEnd(t *testing.T) {
	b := newFixture(t)
	s, p := newSTS(t, b), asksSTS()
	ask := func(what string, fromStore bool, requests int, o Options) string {
		t.Helper()
		got, err := b.process2(s).Assertion(t.Context(), p, o)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got.FromStore != fromStore || len(s.seen) != requests {
			t.Errorf("%s: from the store %t, %d requests", what, got.FromStore, len(s.seen))
		}
		return string(got.Assertion.Raw)
	}
	first := ask("the first", false, 1, Options{})
	b.now = testNow.Add(8*time.Hour - 61*time.Second)
	if again := ask("61 s before its end", true, 1, Options{}); again != first {
		t.Error("another one")
	}
	b.now = testNow.Add(8*time.Hour - time.Minute)
	ask("within token.min_ttl of its end", false, 2, Options{})
	ask("forced", false, 3, Options{Force: true})
	longer := 9 * time.Hour
	ask("for longer than there is", false, 4, Options{MinTTL: &longer})
	b.now = testNow
	ask("from the future", false, 5, Options{})
	other := *p
	other.STS.Claims = nil
	other.STS.AppliesTo = "urn:other"
	if _, err := b.process2(s).Assertion(t.Context(), &other, Options{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an assertion for another service: %v", err)
	}
}

// process2 is one more process that knows the service.
func (b *fixture) process2(s *sts) *Acquirer {
	a := b.process()
	a.STS = s
	return a
}

// Ten processes: one Issue, one exchange.
func TestManyAskOnce(t *testing.T) {
	b := newFixture(t)
	b.http.every = granted("access", "refresh")
	s, p := newSTS(t, b), asksSTS()
	var wait sync.WaitGroup
	for range 10 {
		wait.Go(func() {
			if r, err := b.process2(s).Token(t.Context(), p, Options{}); err != nil || r.Set.AccessToken.Reveal() != "access" {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if len(s.seen) != 1 || len(b.http.seen) != 1 {
		t.Errorf("%d Issues, %d exchanges", len(s.seen), len(b.http.seen))
	}
}

// What the server refuses of a kept assertion is asked for anew, once; of a new one it is told.
func TestAKeptAssertionIsRefused(t *testing.T) {
	no := refused("invalid_token", "Invalid token")
	for name, c := range map[string]struct {
		kept    bool
		answers []func(*endpoint.Request) (endpoint.Answer, error)
		issues  int
		ok      bool
	}{
		"a kept one, then good": {true, []func(*endpoint.Request) (endpoint.Answer, error){no, granted("t", "")}, 2, true},
		"a kept one, and again": {true, []func(*endpoint.Request) (endpoint.Answer, error){no, no}, 2, false},
		"a new one":             {false, []func(*endpoint.Request) (endpoint.Answer, error){no}, 1, false},
		"another error":         {true, []func(*endpoint.Request) (endpoint.Answer, error){refused("invalid_scope", "")}, 1, false},
	} {
		for way, ask := range map[string]func(a *Acquirer, p *profile.Profile) error{
			"token": func(a *Acquirer, p *profile.Profile) error { _, err := a.Token(t.Context(), p, Options{}); return err },
			"exchange": func(a *Acquirer, p *profile.Profile) error {
				_, err := a.ExchangeIssued(t.Context(), p, p, grant.Subject{}, Options{})
				return err
			},
		} {
			t.Run(name+", "+way, func(t *testing.T) {
				b := newFixture(t, c.answers...)
				s, p := newSTS(t, b), asksSTS()
				if c.kept {
					if _, err := b.Assertion(t.Context(), p, Options{}); err != nil {
						t.Fatal(err)
					}
				}
				if err := ask(b.process2(s), p); (err == nil) != c.ok || len(s.seen) != c.issues {
					t.Errorf("%d Issues: %v", len(s.seen), err)
				}
			})
		}
	}
}

// A session that is over begins anew from the kept assertion, and when that is past
// its end from a new one.
func TestASessionBeginsAnewWithoutAPerson(t *testing.T) {
	over := refused("invalid_grant", "Session not active")
	b := newFixture(t, granted("one", "r1"), over, granted("two", "r2"), over, granted("three", "r3"))
	s, p := newSTS(t, b), asksSTS()
	for _, step := range []struct {
		at     time.Duration
		token  string
		issues int
	}{{0, "one", 1}, {time.Hour, "two", 1}, {9 * time.Hour, "three", 2}} {
		b.now = testNow.Add(step.at)
		r, err := b.process2(s).Token(t.Context(), p, Options{})
		if err != nil || r.Set.AccessToken.Reveal() != step.token || len(s.seen) != step.issues {
			t.Errorf("after %s: %s, %d Issues, %v", step.at, r.Set.AccessToken.Reveal(), len(s.seen), err)
		}
	}
}

// A claim of one call has a session of its own: no token is one municipality's and given for another.
func TestEachClaimHasItsOwnSession(t *testing.T) {
	b := newFixture(t, granted("one", "r1"), granted("two", "r2"))
	s, p := newSTS(t, b), asksSTS()
	other, err := ClaimSTS(p, []string{"urn:cvr=02"})
	if err != nil {
		t.Fatal(err)
	}
	b.http.answers[1] = granted("two", "r2")
	if len(p.STS.Claims) != 0 || other.STS.Claims[0] != (profile.STSClaim{Name: "urn:cvr", Value: "02"}) {
		t.Errorf("%v, %v", p.STS.Claims, other.STS.Claims)
	}
	s.every = func(r *endpoint.Request) (endpoint.Answer, error) {
		a, err := s.issues(r)
		said := `<AttributeStatement><Attribute Name="urn:cvr"><AttributeValue>02</AttributeValue></Attribute></AttributeStatement></Assertion>`
		a.Body = []byte(strings.Replace(string(a.Body), "</Assertion>", said, 1))
		return a, err
	}
	for range 2 {
		for want, of := range map[string]*profile.Profile{"one": p, "two": other} {
			if want == "two" && len(b.http.seen) == 0 {
				continue // the answers are in this order
			}
			r, err := b.process2(s).Token(t.Context(), of, Options{})
			if err != nil || r.Set.AccessToken.Reveal() != want {
				t.Errorf("%s: %s, %v", want, r.Set.AccessToken.Reveal(), err)
			}
		}
	}
	if _, err := ClaimSTS(plain(), []string{"a=b"}); fault.KindOf(err) != fault.Usage {
		t.Error(err)
	}
	for _, wrong := range []string{"a", "=b", "a="} {
		if _, err := ClaimSTS(p, []string{wrong}); fault.KindOf(err) != fault.Usage {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestWhatTheServiceSays(t *testing.T) {
	soap := func(status int, code, reason string, date time.Time) func(*endpoint.Request) (endpoint.Answer, error) {
		body := `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>x:` + code +
			`</s:Value></s:Subcode></s:Code><s:Reason><s:Text>` + reason + `</s:Text></s:Reason><s:Detail>a secret stack</s:Detail></s:Fault></s:Body></s:Envelope>`
		return func(*endpoint.Request) (endpoint.Answer, error) {
			return endpoint.Answer{Status: status, Header: http.Header{"Content-Type": {"application/soap+xml"}, "Date": {date.UTC().Format(http.TimeFormat)}}, Body: []byte(body), Began: testNow, At: testNow}, nil
		}
	}
	html := func(status int) func(*endpoint.Request) (endpoint.Answer, error) {
		return func(*endpoint.Request) (endpoint.Answer, error) {
			return endpoint.Answer{Status: status, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte("<html><p>Bad gateway</html>"), At: testNow}, nil
		}
	}
	for name, c := range map[string]struct {
		answer   func(*endpoint.Request) (endpoint.Answer, error)
		kind     fault.Kind
		code     string
		says     string
		hint     string
		requests int
	}{
		"the profile knows":  {soap(500, "5607", "No mapped user", testNow), fault.Refused, "5607", "the security token service refused: 5607: No mapped user", "the right certificate?", 1},
		"a table knows":      {soap(500, "InvalidScope", "who?", testNow), fault.Refused, "InvalidScope", "InvalidScope: who?", "sts.applies_to", 1},
		"nobody knows":       {soap(500, "Odd", "", testNow), fault.Refused, "Odd", "refused: Odd", "--show-request", 1},
		"with status 200":    {soap(200, "Odd", "", testNow), fault.Refused, "Odd", "refused: Odd", "", 1},
		"clocks differ":      {soap(500, "InvalidSecurity", "no", testNow.Add(-time.Hour)), fault.Refused, "InvalidSecurity", "", "this machine's clock is", 1},
		"503 and no SOAP":    {html(503), fault.Network, "", "HTTP 503, text/html", "try again later", 3},
		"404 and no SOAP":    {html(404), fault.Network, "", "HTTP 404, text/html", "check sts.url", 1},
		"200 and no SOAP":    {html(200), fault.Network, "", "HTTP 200, text/html", "check sts.url", 1},
		"lost before":        {lost(false), fault.Network, "", "asking https://sts.example/soap", "", 3},
		"a redirect":         {status(307, http.Header{"Location": {"https://evil.example/"}}, ""), fault.Network, "", "HTTP 307", "check sts.url", 1},
		"a fault that holds": {soap(503, "Busy", "later", testNow), fault.Refused, "Busy", "Busy: later", "", 3},
	} {
		t.Run(name, func(t *testing.T) {
			b := newFixture(t)
			s, p := newSTS(t, b), asksSTS()
			p.Hints = []profile.Hint{{Match: "5607:", Say: "the right certificate?"}}
			s.every = c.answer
			_, err := b.Token(t.Context(), p, Options{})
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != c.kind || f.Code != c.code || !strings.Contains(f.Error(), c.says) || !strings.Contains(strings.Join(f.Hints, "\n"), c.hint) {
				t.Errorf("%v", err)
			}
			if f != nil && strings.Contains(f.Error()+strings.Join(f.Hints, ""), "stack") {
				t.Errorf("the detail: %v", err)
			}
			if len(s.seen) != c.requests || len(b.store.records) != 0 {
				t.Errorf("%d requests, %d records", len(s.seen), len(b.store.records))
			}
			ids := map[string]bool{}
			for _, r := range s.seen {
				ids[string(r.Document.Body)] = true
			}
			if len(ids) != c.requests {
				t.Error("a message was sent twice")
			}
		})
	}
}

// An assertion may be the grant itself (RFC 7522 2.1).
func TestAnAssertionIsAGrant(t *testing.T) {
	b := newFixture(t, refused("invalid_grant", "Unknown issuer"), granted("t", ""))
	s, p := newSTS(t, b), asksSTS()
	p.Grant = "saml2_bearer"
	if _, err := b.Assertion(t.Context(), p, Options{}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r, err := b.process2(s).Token(t.Context(), p, Options{})
		if err != nil || r.Set.AccessToken.Reveal() != "t" {
			t.Fatal(err)
		}
	}
	if len(s.seen) != 2 || param(b.http.seen[1], "assertion") == "" || param(b.http.seen[1], "assertion") == param(b.http.seen[0], "assertion") {
		t.Errorf("%d Issues", len(s.seen))
	}
}

// Services say of a certificate out of its time only that they do not believe it.
func TestACertificateOutOfItsTimeIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		end  time.Time
		hint string
	}{
		"over":    {testNow.AddDate(0, 0, -1), "expired on 2026-01-01: "},
		"not yet": {testNow.AddDate(3, 0, 0), "is good from 2027-01-02 only"},
		"good":    {testNow.AddDate(1, 0, 0), "authctl doctor -p"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newFixture(t)
			s, p := newSTS(t, b), asksSTS()
			s.holder.Leaf = expiring(c.end)
			s.holder.Leaf.PublicKey = s.holder.PrivateKey.(*rsa.PrivateKey).Public()
			s.every = func(*endpoint.Request) (endpoint.Answer, error) {
				return endpoint.Answer{Status: 500, Header: http.Header{"Content-Type": {"application/soap+xml"}}, At: testNow, Body: []byte(
					`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>x:InvalidSecurity</s:Value></s:Subcode></s:Code></s:Fault></s:Body></s:Envelope>`)}, nil
			}
			_, err := b.Token(t.Context(), p, Options{})
			var f *fault.Error
			if !errors.As(err, &f) || len(f.Hints) != 1 || !strings.Contains(f.Hints[0], c.hint) {
				t.Errorf("%v", err)
			}
		})
	}
}

// The way on after a session is a command that needs no file.
func TestTheWayOnNeedsNoFile(t *testing.T) {
	p := asksSTS()
	if got := LoginCommand(p, "token_exchange"); got != "authctl exchange -p plain" {
		t.Error(got)
	}
	p.STS.URL = ""
	if got := LoginCommand(p, "token_exchange"); got != "authctl exchange -p plain --subject-token FILE" {
		t.Error(got)
	}
}

// What an exchange sends is the assertion, byte for byte.
func TestTheAssertionIsSentAsItCame(t *testing.T) {
	b := newFixture(t, granted("t", ""))
	newSTS(t, b)
	p := asksSTS()
	if _, err := b.Token(t.Context(), p, Options{}); err != nil {
		t.Fatal(err)
	}
	kept, err := b.Assertion(t.Context(), p, Options{})
	if err != nil || !kept.FromStore {
		t.Fatal(kept.FromStore, err)
	}
	sent, err := base64.RawURLEncoding.DecodeString(param(b.http.seen[0], "subject_token"))
	if err != nil || string(sent) != string(kept.Assertion.Raw) {
		t.Errorf("%v: %s", err, sent)
	}
}
