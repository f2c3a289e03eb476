package klg

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // names a certificate, as Windows does
	"crypto/x509"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/beevik/etree"

	"authctl/internal/files"
	"authctl/internal/sandbox/core"
)

const (
	stsPath    = "/klg/sts/certificatemixed"
	maxMessage = 5 * time.Minute // from Created to Expires
	maxAhead   = time.Minute
)

// asked is one request for an assertion, as far as it was read.
type asked struct {
	now                           time.Time
	raw                           []byte
	doc                           *etree.Document
	header, body, security        *etree.Element
	token, timestamp, signature   *etree.Element // of security
	until                         time.Time      // the message's end
	certificate                   *x509.Certificate
	id, context, tokenType, keyed string
	want                          wish
}

// checks are in the order of a service that knows who asks before it reads what is asked.
func (p *Provider) checks() []func(*asked) *soapFault {
	return []func(*asked) *soapFault{
		wellFormed, envelope, addressed, timely, p.registered, authentic, p.first, p.request, p.knows, p.agreed,
	}
}

// issue is WS-Trust 1.3 4.1 over SOAP 1.2, as a client with a certificate asks.
func (p *Provider) issue(w http.ResponseWriter, r *http.Request) {
	a := &asked{now: p.core.Now(), doc: etree.NewDocument()}
	if p.core.Faults.Take("sts-clock") {
		a.now = a.now.Add(time.Hour)
		w.Header().Set("Date", a.now.UTC().Format(http.TimeFormat))
	}
	for fault, status := range map[string]int{"sts-503": http.StatusServiceUnavailable, "sts-html": http.StatusOK} {
		if p.core.Faults.Take(fault) {
			core.Page(w, status)
			return
		}
	}
	// An action in the Content-Type, which SOAP 1.2 allows, is refused by the real one.
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != soapType || len(parameters) != 1 || !strings.EqualFold(parameters["charset"], "utf-8") {
		p.core.Refused(r, "the Content-Type is not "+soapType+"; charset=utf-8")
		w.WriteHeader(http.StatusUnsupportedMediaType)
		return
	}
	if a.raw, err = files.All(r.Context(), r.Body, maxSOAP); err != nil {
		p.refuseSOAP(w, r, a, malformed(err.Error()))
		return
	}
	for _, check := range p.checks() {
		if refused := check(a); refused != nil {
			p.refuseSOAP(w, r, a, refused)
			return
		}
	}
	if p.core.Faults.Take("sts-fault-other") {
		p.refuseSOAP(w, r, a, &soapFault{"5999", "Something that no list has", ""})
		return
	}
	if err := p.respond(w, a); err != nil {
		p.refuseSOAP(w, r, a, &soapFault{"100", "An unexpected error occurred", err.Error()})
	}
}

// addressed: WS-Addressing 1.0 SOAP Binding 6.4. Where the message is sent to is not compared.
func addressed(a *asked) *soapFault {
	a.id = textOf(only(a.header, nsWSA, "MessageID"))
	reply := only(a.header, nsWSA, "ReplyTo", "Address")
	switch {
	case textOf(only(a.header, nsWSA, "Action")) != nsWST+"/RST/Issue":
		return &soapFault{"wsa:ActionNotSupported", "The action is not supported", ""}
	case a.id == "" || textOf(only(a.header, nsWSA, "To")) == "":
		return &soapFault{"wsa:MessageAddressingHeaderRequired", "MessageID and To are required", ""}
	case reply != nil && textOf(reply) != nsWSA+"/anonymous":
		return &soapFault{"wsa:OnlyAnonymousAddressSupported", "ReplyTo is not anonymous", ""}
	}
	return nil
}

// timely: a message is good for a few minutes (WSS 1.1, 10).
func timely(a *asked) *soapFault {
	created, err := time.Parse(time.RFC3339Nano, textOf(only(a.timestamp, nsWSU, "Created")))
	if err != nil {
		return insecure("Created is no time")
	}
	if a.until, err = time.Parse(time.RFC3339Nano, textOf(only(a.timestamp, nsWSU, "Expires"))); err != nil {
		return insecure("Expires is no time")
	}
	switch {
	case created.After(a.now.Add(maxAhead)):
		return insecure("the message is from the future")
	case !a.now.Before(a.until):
		return insecure("the message has expired")
	case a.until.Sub(created) > maxMessage:
		return insecure("the message is good for too long")
	}
	return nil
}

// registered: the certificate that signs is one of a system that this STS knows.
func (p *Provider) registered(a *asked) *soapFault {
	der, err := unbase64(a.token)
	if err != nil || attr(a.token, "", "ValueType") != x509v3 || attr(a.token, "", "EncodingType") != base64Of {
		return insecure("the BinarySecurityToken is no X509v3 in Base64Binary")
	}
	if a.certificate, err = x509.ParseCertificate(der); err != nil {
		return insecure("the BinarySecurityToken is no certificate")
	}
	if !bytes.Equal(der, p.certificate.Raw) || p.core.Faults.Take("sts-unknown-certificate") {
		return &soapFault{"5607", fmt.Sprintf("No mapped user exists for thumbprint '%X'", sha1.Sum(der)), ""} //nolint:gosec // as above
	}
	if !a.now.Before(a.certificate.NotAfter) || a.now.Before(a.certificate.NotBefore) {
		return insecure("the certificate is not in its time")
	}
	return nil
}

// first: a message that comes again is a replay. Its id is signed, so the same
// signature under another id cannot come.
func (p *Provider) first(a *asked) *soapFault {
	if !p.core.Replay.First("klg sts MessageID", a.id, a.now, a.until) {
		return insecure("the message came before")
	}
	return nil
}
