// Package wstrust writes the request for a SAML assertion to a security token service
// and reads the answer (WS-Trust 1.3, 4: the Issuance binding). It sends nothing.
package wstrust

import (
	"crypto"
	"crypto/x509"
	"io"
	"time"

	"authctl/internal/profile"
)

// Asking is the wish for one assertion.
type Asking struct {
	STS         profile.STS         // whom is asked, for what, and how
	Certificate *x509.Certificate   // the client's own
	Key         crypto.Signer       // of Certificate; mtls-json needs none
	Signers     []*x509.Certificate // what the assertion may be signed with; none: its signature is not looked at

	Now  func() time.Time
	Rand io.Reader
}

// Message is a request, ready to be sent once: sent again it is a replay.
type Message struct {
	Body                []byte
	ContentType, Accept string
	SOAPAction          string // of SOAP 1.1, with its quotes (SOAP 1.1, 6.1.1)
	ID, Context         string // of a SOAP message: what its answer must name
}

// The namespaces and identifiers that are compared, or stand in more than one place.
const (
	nsSOAP12 = "http://www.w3.org/2003/05/soap-envelope"
	nsSOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
	nsWSA    = "http://www.w3.org/2005/08/addressing"
	nsWSSE   = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	nsWSU    = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
	nsWST    = "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
	nsDSig   = "http://www.w3.org/2000/09/xmldsig#"
	nsSAML   = "urn:oasis:names:tc:SAML:2.0:assertion"

	actionIssue = nsWST + "/RST/Issue"
	issue       = nsWST + "/Issue"
	tokenType   = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0" // WSS SAML Token Profile 1.1, 3.7
	exclusive   = "http://www.w3.org/2001/10/xml-exc-c14n#"
	rsaSHA256   = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	digest256   = "http://www.w3.org/2001/04/xmlenc#sha256"

	dialectAuth     = "http://docs.oasis-open.org/wsfed/authorization/200706"
	dialectIdentity = "http://schemas.xmlsoap.org/ws/2005/05/identity"
)

// Message is the request as the STS's protocol has it, with an ID, a time and a
// signature of its own at each call.
func (a Asking) Message() (Message, error) {
	if a.STS.Protocol == profile.MTLSJSON {
		return a.jsonMessage()
	}
	return a.soapMessage()
}

func (a *Asking) keyType() string {
	if a.bearer() {
		return nsWST + "/Bearer"
	}
	return nsWST + "/PublicKey"
}

func (a *Asking) bearer() bool { return a.STS.KeyType == "bearer" }

// names is true where the request says whose key the assertion shall be for.
func (a *Asking) names() bool { return !a.bearer() && a.STS.UseKey != "none" }
