package klg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/beevik/etree"
)

const (
	nsSOAP   = "http://www.w3.org/2003/05/soap-envelope"
	nsWSA    = "http://www.w3.org/2005/08/addressing"
	nsWSSE   = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	nsWSU    = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
	nsWST    = "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
	nsWSP    = "http://schemas.xmlsoap.org/ws/2004/09/policy"
	nsAuth   = "http://docs.oasis-open.org/wsfed/authorization/200706"
	maxSOAP  = 1 << 18
	soapType = "application/soap+xml"
)

// wellFormed: one root, no DTD (SOAP 1.2 Part 1, 5), UTF-8, no attribute twice, which encoding/xml does not mind.
func wellFormed(a *asked) *soapFault {
	for scan := xml.NewDecoder(bytes.NewReader(a.raw)); ; {
		token, err := scan.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		_, dtd := token.(xml.Directive)
		start, _ := token.(xml.StartElement)
		names := map[xml.Name]bool{}
		for _, at := range start.Attr {
			names[at.Name] = true
		}
		if err != nil || dtd || len(names) != len(start.Attr) {
			return malformed("not well-formed, or with a DTD")
		}
	}
	if err := a.doc.ReadFromBytes(a.raw); err != nil || len(a.doc.ChildElements()) != 1 {
		return malformed("not one element")
	}
	return nil
}

// envelope: SOAP 1.2 with one Header and one Body, and one Security header that must be understood.
func envelope(a *asked) *soapFault {
	root := a.doc.Root()
	if root.Tag != "Envelope" {
		return malformed("no envelope")
	}
	if root.NamespaceURI() != nsSOAP {
		return &soapFault{code: "VersionMismatch", text: "SOAP 1.2 is expected"}
	}
	header, body := only(root, nsSOAP, "Header"), only(root, nsSOAP, "Body")
	if header == nil || body == nil || len(root.ChildElements()) != 2 {
		return malformed("not one Header and one Body")
	}
	a.header, a.body, a.security = header, body, only(header, nsWSSE, "Security")
	if a.security == nil {
		return insecure("there is not one Security header")
	}
	if !slices.Contains([]string{"1", "true"}, attr(a.security, nsSOAP, "mustUnderstand")) {
		return insecure("the Security header need not be understood")
	}
	parts := a.security.ChildElements()
	a.token, a.timestamp = only(a.security, nsWSSE, "BinarySecurityToken"), only(a.security, nsWSU, "Timestamp")
	a.signature = only(a.security, nsSignature, "Signature")
	// WS-SecurityPolicy 6.7: a token stands before what uses it.
	if len(parts) != 3 || a.token == nil || a.timestamp == nil || parts[2] != a.signature {
		return insecure("Security is not BinarySecurityToken, Timestamp, Signature")
	}
	return nil
}

// only goes down by names of one namespace; nil when one is missing or there twice.
func only(e *etree.Element, space string, tags ...string) *etree.Element {
	for _, tag := range tags {
		if e == nil {
			return nil
		}
		var found []*etree.Element
		for _, child := range e.ChildElements() {
			if child.Tag == tag && child.NamespaceURI() == space {
				found = append(found, child)
			}
		}
		if e = nil; len(found) == 1 {
			e = found[0]
		}
	}
	return e
}

func attr(e *etree.Element, space, name string) string {
	for _, a := range e.Attr {
		if a.Key == name && a.NamespaceURI() == space {
			return a.Value
		}
	}
	return ""
}

// textOf is an element's text, "" for none.
func textOf(e *etree.Element) string {
	if e == nil {
		return ""
	}
	return strings.TrimSpace(e.Text())
}
