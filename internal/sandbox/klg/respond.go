package klg

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/beevik/etree"
)

const keyIdentifier = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509SubjectKeyIdentifier"

// respond is the RequestSecurityTokenResponseCollection (WS-Trust 1.3, 4.2), signed as the real one's.
func (p *Provider) respond(w http.ResponseWriter, a *asked) error {
	taken := p.core.Faults.Take
	p.spoil(&a.want)
	assertion, err := p.signed(a.want)
	if err != nil {
		return err
	}
	header, body := newEnvelope()
	relates := a.id
	if taken("sts-other-relates") {
		relates = "urn:uuid:" + p.core.UUID()
	}
	p.part(add(header, "wsa:Action", nsWST+"/RSTRC/IssueFinal"))
	p.part(add(header, "wsa:RelatesTo", relates))
	security := add(header, "wsse:Security", "", "soap:mustUnderstand", "1")
	stamp := p.part(add(security, "wsu:Timestamp", ""))
	times(stamp, a.now, maxMessage)
	requested := p.response(p.part(body), a, attr(assertion, "", "ID"))
	switch {
	case taken("sts-encrypted"):
		data := add(add(requested, "EncryptedAssertion", "", "xmlns", nsAssertion), "EncryptedData", "", "xmlns", "http://www.w3.org/2001/04/xmlenc#")
		add(add(data, "CipherData", ""), "CipherValue", base64.StdEncoding.EncodeToString(p.core.Bytes(64)))
	case taken("sts-two-assertions"):
		requested.AddChild(assertion.Copy())
		another, err := p.signed(a.want)
		if err != nil {
			return err
		}
		requested.AddChild(another)
	default:
		requested.AddChild(assertion)
	}
	if taken("sts-inherited-namespaces") {
		// The canonical form, and so the signature, is the same: exclusive c14n writes what is used.
		inherit(assertion, header.Parent())
	}
	if err := p.signMessage(security, header.ChildElements()[0], header.ChildElements()[1], stamp, body); err != nil {
		return err
	}
	p.core.Counter.Step("klg-issue")
	writeSOAP(w, http.StatusOK, header.Parent(), a.want.crlf)
	return nil
}

// spoil changes what is issued where a fault asks for it.
func (p *Provider) spoil(want *wish) {
	for fault, change := range map[string]func(){
		"sts-crlf":           func() { want.crlf = true },
		"sts-other-holder":   func() { want.holder = p.sts.make().certificate },
		"sts-other-audience": func() { want.audience = "http://other.example/service" },
		"sts-other-cvr":      func() { want.cvr = "11111111" },
		"sts-short-lived":    func() { want.life = minLifetime / 2 },
	} {
		if p.core.Faults.Take(fault) {
			change()
		}
	}
}

// response is the answer without its assertion, of that ID, whose place is returned.
func (p *Provider) response(body *etree.Element, a *asked, id string) (requested *etree.Element) {
	answer := add(add(body, "wst:RequestSecurityTokenResponseCollection", ""), "wst:RequestSecurityTokenResponse", "")
	if a.context != "" {
		answer.CreateAttr("Context", a.context)
	}
	times(add(answer, "wst:Lifetime", ""), a.now, a.want.life)
	applies := add(answer, "wsp:AppliesTo", "", "xmlns:wsp", nsWSP)
	add(add(applies, "wsa:EndpointReference", ""), "wsa:Address", gateway)
	requested = add(answer, "wst:RequestedSecurityToken", "")
	for _, from := range []string{"Attached", "Unattached"} {
		reference := add(add(answer, "wst:Requested"+from+"Reference", ""), "wsse:SecurityTokenReference", "")
		add(reference, "wsse:KeyIdentifier", id, "ValueType", "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLID")
	}
	add(answer, "wst:TokenType", a.tokenType)
	add(answer, "wst:KeyType", a.keyed)
	return requested
}

func times(e *etree.Element, from time.Time, life time.Duration) {
	add(e, "wsu:Created", from.UTC().Format(samlInstant))
	add(e, "wsu:Expires", from.Add(life).UTC().Format(samlInstant))
}

// part gives what is signed an Id.
func (p *Provider) part(e *etree.Element) *etree.Element {
	e.CreateAttr("wsu:Id", "_"+p.core.UUID())
	return e
}

// inherit moves the declarations that the assertion leans on up to the envelope.
func inherit(assertion, envelope *etree.Element) {
	for attribute, from := range map[string]*etree.Element{
		"xmlns": assertion, "xmlns:a": find(assertion, "Subject", "SubjectConfirmation", "SubjectConfirmationData"),
	} {
		if gone := from.RemoveAttr(attribute); gone != nil {
			envelope.CreateAttr(attribute, gone.Value)
		}
	}
}

// signMessage puts a signature over the parts into security; its key is named by the
// SubjectKeyIdentifier (X.509 Token Profile 1.1, 3.2.1).
func (p *Provider) signMessage(security *etree.Element, parts ...*etree.Element) error {
	signature := add(security, "ds:Signature", "", "xmlns:ds", nsSignature)
	info := add(signature, "ds:SignedInfo", "")
	add(info, "ds:CanonicalizationMethod", "", "Algorithm", exclusive)
	add(info, "ds:SignatureMethod", "", "Algorithm", rsaSHA256)
	for _, part := range parts {
		form, err := canonical(part, "")
		if err != nil {
			return err
		}
		sum := sha256.Sum256(form)
		reference := add(info, "ds:Reference", "", "URI", "#"+attr(part, nsWSU, "Id"))
		add(add(reference, "ds:Transforms", ""), "ds:Transform", "", "Algorithm", exclusive)
		add(reference, "ds:DigestMethod", "", "Algorithm", digest256)
		add(reference, "ds:DigestValue", base64.StdEncoding.EncodeToString(sum[:]))
	}
	form, err := canonical(info, "")
	if err != nil {
		return err
	}
	key, sum := p.sts.make(), sha256.Sum256(form)
	value, err := rsa.SignPKCS1v15(nil, key.key, crypto.SHA256, sum[:])
	if err != nil {
		return err
	}
	add(signature, "ds:SignatureValue", base64.StdEncoding.EncodeToString(value))
	named := add(add(signature, "ds:KeyInfo", ""), "wsse:SecurityTokenReference", "")
	add(named, "wsse:KeyIdentifier", base64.StdEncoding.EncodeToString(key.certificate.SubjectKeyId), "EncodingType", base64Of, "ValueType", keyIdentifier)
	return nil
}

// writeSOAP sends an envelope; javas writes carriage returns as Java does.
func writeSOAP(w http.ResponseWriter, status int, envelope *etree.Element, javas bool) {
	doc := etree.NewDocumentWithRoot(envelope)
	doc.WriteSettings.CanonicalText = true // else a carriage return would not be escaped
	text, err := doc.WriteToBytes()
	if err != nil {
		panic("sandbox: " + err.Error())
	}
	if javas {
		text = bytes.ReplaceAll(text, []byte("&#xD;"), []byte("&#13;"))
	}
	w.Header().Set("Content-Type", soapType+"; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
