//go:build e2e

package cxf

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"authctl/internal/e2e/nginx"
)

// TestThePeer: the server gives an assertion where all is right, and is strict.
func TestThePeer(t *testing.T) {
	s := start(t)
	key, certificate := newClient(t, s.pki, "client")
	strangerKey, stranger := newClient(t, nginx.NewPKI(t), "client")
	ask := func(endpoint string) asking {
		return asking{
			url: s.base + endpoint, appliesTo: appliesTo, cvr: "00112233", soap11: endpoint == "soap11",
			key: key, certificate: certificate, now: time.Now(),
		}
	}
	for _, endpoint := range []string{"asym", "certificatemixed", "soap11"} {
		for _, data := range []bool{false, true} {
			a := ask(endpoint)
			a.x509Data = data
			if status, answer := a.send(t, s, a.message(t)); status != 200 || !strings.Contains(answer, ">00112233</saml2:AttributeValue>") {
				t.Errorf("%s, X509Data %v: HTTP %d %s", endpoint, data, status, reason(answer))
			}
		}
		once := ask(endpoint).message(t)
		ask(endpoint).send(t, s, once)
		for name, c := range map[string]struct {
			ask    func(*asking)
			change func(string) string
			says   string
		}{
			"expired":    {func(a *asking) { a.now = a.now.Add(-6 * time.Minute) }, nil, "security"},
			"future":     {func(a *asking) { a.now = a.now.Add(2 * time.Minute) }, nil, "security"},
			"stranger":   {func(a *asking) { a.key, a.certificate = strangerKey, stranger }, nil, "security"},
			"replay":     {nil, func(string) string { return once }, "security"},
			"changed To": {nil, func(m string) string { return strings.Replace(m, "/sts/", "/stt/", 1) }, "security"},
			"changed":    {nil, func(m string) string { return strings.Replace(m, "00112233", "00112234", 1) }, "security"},
			"service":    {func(a *asking) { a.appliesTo += "0" }, nil, "RequestFailed"},
			"no claims":  {func(a *asking) { a.cvr = "" }, nil, "no Claims in the request"},
		} {
			a := ask(endpoint)
			if c.ask != nil {
				c.ask(&a)
			}
			m := a.message(t)
			if c.change != nil {
				m = c.change(m)
			}
			status, answer := a.send(t, s, m)
			t.Logf("%s %s: HTTP %d %.70s", endpoint, name, status, reason(answer))
		}
	}
}

// reason is a fault without the headers.
func reason(answer string) string {
	return regexp.MustCompile(`(?s)^.*Body[^>]*>`).ReplaceAllString(answer[:len(answer)-len("</soap:Body></soap:Envelope>")], "")
}
