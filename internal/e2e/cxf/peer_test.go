//go:build e2e

package cxf

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"authctl/internal/e2e/nginx"
	"authctl/internal/profile"
	"authctl/internal/wstrust"
)

// municipality has a number that is none to a YAML reader.
const municipality = "09189846"

// endpoints of the server with the protocol of each.
func endpoints() map[string]string {
	return map[string]string{"asym": profile.SOAP12, "certificatemixed": profile.SOAP12, "soap11": profile.SOAP11}
}

// wrong is one message that is refused, and the fault's code.
type wrong struct {
	ask    func(*wstrust.Asking)
	change func([]byte) []byte
	replay bool
	code   string
}

func wrongs(t *testing.T) map[string]wrong {
	t.Helper()
	later := func(d time.Duration) func(*wstrust.Asking) {
		return func(a *wstrust.Asking) { a.Now = func() time.Time { return time.Now().Add(d) } }
	}
	other := newPKI(t)
	return map[string]wrong{
		"expired":      {ask: later(-6 * time.Minute), code: "SecurityError"},
		"early":        {ask: later(90 * time.Second), code: "SecurityError"},
		"of nobody":    {ask: func(a *wstrust.Asking) { a.Key, a.Certificate = load(t, other, "client") }, code: "SecurityError"},
		"replayed":     {replay: true, code: "SecurityError"},
		"other claim":  {change: replace(municipality, "09189847"), code: "SecurityError"},
		"other To":     {change: replace("/sts/", "/stt/"), code: "SecurityError"},
		"unsigned":     {change: replace(`wsu:Id="body"`, ""), code: "SecurityError"},
		"for another":  {ask: func(a *wstrust.Asking) { a.STS.AppliesTo += "0" }, code: "RequestFailed"},
		"no claims":    {ask: func(a *wstrust.Asking) { a.STS.Claims = nil }, code: "InvalidRequest"},
		"of no key":    {ask: func(a *wstrust.Asking) { a.STS.UseKey = "none" }, code: "InvalidRequest"},
		"for too long": {ask: func(a *wstrust.Asking) { a.STS.Lifetime = 20 * time.Hour }, code: "RequestFailed"},
	}
}

// TestThePeer: the server is as strict as the tests beside this one believe; these
// are messages that authctl does not send.
func TestThePeer(t *testing.T) {
	s := start(t, newPKI(t))
	all := wrongs(t)
	for endpoint, protocol := range endpoints() {
		right := wstrust.Asking{STS: profile.DefaultSTS(), Now: time.Now, Rand: rand.Reader}
		right.Key, right.Certificate = load(t, s.pki, "client")
		right.STS.URL, right.STS.Protocol, right.STS.AppliesTo = s.base+endpoint, protocol, appliesTo
		right.STS.Claims = []profile.STSClaim{{Name: claimName, Value: municipality}}
		if err := s.send(t, right, message(t, right)); err != nil {
			t.Fatalf("%s: %v", endpoint, err)
		}
		for name, w := range all {
			a := right
			if w.ask != nil {
				w.ask(&a)
			}
			m := message(t, a)
			if w.change != nil {
				m.Body = w.change(m.Body)
			}
			if w.replay {
				_ = s.send(t, a, m)
			}
			var fault *wstrust.Fault
			if err := s.send(t, a, m); !errors.As(err, &fault) || fault.Code() != w.code {
				t.Errorf("%s, %s: %v, want the fault %s", endpoint, name, err, w.code)
			}
		}
	}
}

func message(t *testing.T, a wstrust.Asking) wstrust.Message {
	t.Helper()
	m, err := a.Message()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func replace(from, to string) func([]byte) []byte {
	return func(body []byte) []byte { return bytes.Replace(body, []byte(from), []byte(to), 1) }
}

func load(t *testing.T, pki *nginx.PKI, name string) (crypto.Signer, *x509.Certificate) {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(pki.File(name+".pem"), pki.File(name+".key"))
	if err != nil {
		t.Fatal(err)
	}
	return pair.PrivateKey.(crypto.Signer), pair.Leaf
}

// send is without authctl's transport.
func (s *server) send(t *testing.T, a wstrust.Asking, m wstrust.Message) error {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.STS.URL, bytes.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", m.ContentType)
	if m.SOAPAction != "" {
		req.Header.Set("SOAPAction", m.SOAPAction)
	}
	resp, err := (&http.Client{Transport: s.pki.Transport()}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Read(m, resp.StatusCode, resp.Header.Get("Content-Type"), body)
	return err
}
