package saml

import (
	"encoding/xml"
	"slices"
	"strconv"
	"strings"
)

// Document is an XML document that may hold assertions, or is one.
type Document struct {
	Root       string     // its root element, "Assertion" for an assertion by itself
	What       string     // what that is in words, such as "SAML Response"
	Assertions int        // assertions that are in no other one
	Encrypted  int        // encrypted assertions
	Status     []string   // what a Response's status or a SOAP fault says
	Assertion  *Assertion // the only one, when there is one and it can be read
	Notes      []string   // what cannot be read, or not be taken out, each in one line
}

// Open looks into a document given as XML, base64 or base64url: an assertion,
// or what one came in.
func Open(data []byte) (Document, error) {
	raw, doc, err := document(data)
	if err != nil {
		return Document{}, err
	}
	out := Document{
		Root: doc.root.Local, What: what(doc.root), Assertions: len(doc.parts), Encrypted: doc.encrypted,
		Status: doc.status,
	}
	if out.What == "" && doc.root.Local != "Assertion" && len(doc.parts) == 0 || doc.root.Local == "EncryptedAssertion" {
		return Document{}, doc.checkRoot()
	}
	if doc.root.Local == "Assertion" {
		a, err := Read(data)
		out.Assertion, out.Notes = &a, a.Warnings
		return out, err
	}
	out.Notes = doc.warnings
	if len(doc.parts) != 1 {
		return out, nil
	}
	cut, err := doc.extract(raw)
	if err != nil {
		out.Notes = append(out.Notes, err.Error())
		return out, nil
	}
	if !doc.parts[0].signed {
		out.Notes = append(out.Notes, "the assertion has no signature of its own: taken out, nothing vouches for it")
	}
	a, err := Read(cut)
	if err != nil {
		out.Notes = append(out.Notes, err.Error())
		return out, nil
	}
	out.Assertion = &a
	for _, warning := range a.Warnings {
		if !slices.Contains(out.Notes, warning) {
			out.Notes = append(out.Notes, warning)
		}
	}
	return out, nil
}

// Contents says what is inside, in words.
func (d Document) Contents() string {
	parts := []string{count(d.Assertions, "assertion")}
	if d.Encrypted > 0 {
		parts = append(parts, count(d.Encrypted, "encrypted assertion"))
	}
	return strings.Join(parts, " and ")
}

func count(n int, what string) string {
	switch n {
	case 0:
		return "no " + what
	case 1:
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// what names the documents that assertions come in, "" for another one.
func what(root xml.Name) string {
	switch {
	case root.Local == "Response" && strings.HasPrefix(root.Space, "urn:oasis:names:tc:SAML:"):
		return "SAML Response"
	case root.Local == "Envelope":
		return "SOAP message"
	case root.Local == "RequestSecurityTokenResponse", root.Local == "RequestSecurityTokenResponseCollection":
		return "WS-Trust answer (" + root.Local + ")"
	}
	return ""
}
