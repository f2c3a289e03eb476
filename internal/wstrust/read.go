package wstrust

import (
	"mime"
	"net/http"
	"strings"

	"github.com/beevik/etree"

	"authctl/internal/profile"
	"authctl/internal/saml"
	"authctl/internal/shown"
)

// answer is what came back over HTTP.
type answer struct {
	status      int
	contentType string
	body        []byte
}

func (a *answer) unreadable(why string) error {
	if kind, _, err := mime.ParseMediaType(a.contentType); err == nil && kind == "text/html" {
		why = "it is a web page" // of a proxy, a login, or a server that is down
	}
	return &Unreadable{a.status, shown.Clean(a.contentType), why}
}

// Read takes the assertion out of the answer to m and checks that it is the one
// that was asked for. Its Raw is what came, but for namespace declarations that
// it leaned on. The error is a *Fault, an *Unreadable or an *Unfit.
func (a Asking) Read(m Message, status int, contentType string, body []byte) (*saml.Assertion, error) {
	from := &answer{status, contentType, body}
	// What the Content-Type says of the encoding goes before what the XML says (RFC 7303 3.2).
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		if charset := strings.ToLower(params["charset"]); charset != "" && charset != "utf-8" && charset != "us-ascii" {
			return nil, from.unreadable("only UTF-8 is read")
		}
	}
	var whole *saml.Whole
	var envelope *etree.Element
	var err error
	if a.STS.Protocol == profile.MTLSJSON {
		whole, err = from.readJSON()
	} else {
		whole, envelope, err = a.readSOAP(m, from)
	}
	if err != nil {
		return nil, err
	}
	raw, err := whole.Only()
	if err != nil {
		return nil, unfit("%s", err.Error())
	}
	got, err := saml.Read(raw)
	if err != nil {
		return nil, unfit("%s", err.Error())
	}
	if len(a.Signers) > 0 {
		if err := a.verify(raw, envelope); err != nil {
			return nil, err
		}
	}
	if err := a.check(&got); err != nil {
		return nil, err
	}
	return &got, nil
}

// readSOAP goes down to where the assertion has its place. That it is the only
// one of the document, Whole.Only sees.
func (a *Asking) readSOAP(m Message, from *answer) (*saml.Whole, *etree.Element, error) {
	whole, err := saml.Scan(from.body)
	if err != nil {
		return nil, nil, from.unreadable(err.Error())
	}
	root, err := parsed(whole.XML)
	if err != nil {
		return nil, nil, from.unreadable(err.Error())
	}
	soap := root.NamespaceURI()
	if root.Tag != "Envelope" || soap != nsSOAP12 && soap != nsSOAP11 {
		return nil, nil, from.unreadable("it is no SOAP message: the root is " + shown.Clean(root.Tag))
	}
	body := child(root, soap, "Body")
	if faults := children(body, soap, "Fault"); len(faults) > 0 {
		return nil, nil, soapFault(soap, faults[0])
	}
	switch {
	case from.status != http.StatusOK:
		return nil, nil, from.unreadable("it has no Fault")
	case (soap == nsSOAP11) != (a.STS.Protocol == profile.SOAP11):
		return nil, nil, from.unreadable("it is of another SOAP version than " + a.STS.Protocol)
	}
	responses := a.responses(body)
	switch len(responses) {
	case 0:
		return nil, nil, from.unreadable("it has no RequestSecurityTokenResponse")
	case 1:
		return whole, root, issued(m, root, responses[0])
	}
	return nil, nil, unfit("one RequestSecurityTokenResponse was expected, and %d came", len(responses))
}

// responses are where WS-Trust 1.3, 4.4.2 has them; the time before 1.3, and its
// servers of SOAP 1.1, knew no collection.
func (a *Asking) responses(body *etree.Element) []*etree.Element {
	var all []*etree.Element
	if a.STS.Protocol == profile.SOAP11 {
		all = children(body, nsWST, "RequestSecurityTokenResponse")
	}
	for _, collection := range children(body, nsWST, "RequestSecurityTokenResponseCollection") {
		all = append(all, children(collection, nsWST, "RequestSecurityTokenResponse")...)
	}
	return all
}

// issued checks that the answer is to m (WS-Addressing 1.0 Core, 3.2; WS-Trust 1.3,
// 4.2) and that an assertion is in the place of the token.
func issued(m Message, root, response *etree.Element) error {
	for _, header := range children(root, root.NamespaceURI(), "Header") {
		for _, to := range children(header, nsWSA, "RelatesTo") {
			if text(to) != m.ID {
				return unfit("the answer is to another message: it relates to %.80q, and %s was sent", text(to), m.ID)
			}
		}
	}
	if context := attr(response, "", "Context"); context != "" && context != m.Context {
		return unfit("the answer is to another request: its Context is %.80q, and %s was sent", context, m.Context)
	}
	token := child(response, nsWST, "RequestedSecurityToken")
	encrypted, plain := len(children(token, nsSAML, "EncryptedAssertion")), len(children(token, nsSAML, "Assertion"))
	if plain != 1 && encrypted == 0 { // an encrypted one is named by Whole.Only
		return unfit("one SAML 2.0 assertion was expected in RequestedSecurityToken, and %d came", plain)
	}
	return nil
}
