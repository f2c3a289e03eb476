package wire

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/profile"
)

// A renegotiation is taken where the protocol needs it alone, and a message goes to
// sts.url and nowhere on.
func TestTheWayToAnSTS(t *testing.T) {
	elsewhere := 0
	another := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer another.Close()
	server := httptest.NewServer(http.RedirectHandler(another.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	holder, _ := holderPEM(t)
	for protocol, want := range map[string]tls.RenegotiationSupport{
		profile.SOAP12: tls.RenegotiateNever, profile.SOAP11: tls.RenegotiateNever, profile.MTLSJSON: tls.RenegotiateOnceAsClient,
	} {
		p := profile.Default()
		p.STS.Protocol = protocol
		way, err := STS{Deps{Env: func(string) (string, bool) { return "", false }, Now: time.Now}}.Way(t.Context(), &p, holder)
		if err != nil {
			t.Fatal(err)
		}
		if got := way.(*endpoint.Client).HTTP.(*http.Transport).TLSClientConfig.Renegotiation; got != want {
			t.Errorf("%s: renegotiation %v", protocol, got)
		}
		answer, err := way.Post(t.Context(), &endpoint.Request{Profile: &p, URL: server.URL, Document: &endpoint.Document{Body: []byte("<b/>"), ContentType: "text/xml"}})
		if err != nil || answer.Status != http.StatusTemporaryRedirect || elsewhere > 0 {
			t.Errorf("%s: %d, %d sent elsewhere, %v", protocol, answer.Status, elsewhere, err)
		}
	}
}
