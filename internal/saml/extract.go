package saml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// part is one assertion within a document, by its place in the bytes.
type part struct {
	start, nameEnd, end int // of its "<", behind its name, behind its last ">"
	depth               int
	id                  string
	needed              map[string]string // prefixes it uses and inherits
	inherited           map[string]string // every declaration that is in force where it begins
	xmlAttrs            []xml.Attr        // and every xml: attribute
	inclusive           bool              // something in it is canonicalized inclusively
	signed              bool              // it has a signature of its own
}

// Extract takes the one assertion out of a SAML Response, a SOAP message or an
// answer of a security token service, given as XML, base64 or base64url. Its
// bytes stay as they are, so that its signature does; added are the namespace
// declarations that it uses and inherits, and nothing if it inherits none.
// With no assertion, or several, or one whose ID comes twice, it is an error:
// a choice between them would be a guess, and is how signatures are wrapped.
func Extract(data []byte) ([]byte, error) {
	raw, doc, err := document(data)
	if err != nil {
		return nil, err
	}
	return doc.extract(raw)
}

// document unwraps and scans; the bytes are without a byte-order mark.
func document(data []byte) ([]byte, *scanned, error) {
	raw, err := unwrap(data)
	if err != nil {
		return nil, nil, err
	}
	raw = bytes.TrimPrefix(raw, []byte{0xEF, 0xBB, 0xBF})
	doc, err := scan(raw)
	if err != nil {
		return nil, nil, err
	}
	return raw, doc, doc.complete()
}

// complete is an error when a namespace declaration is missing: no reader of
// XML with namespaces takes such a document, the server neither.
func (d *scanned) complete() error {
	missing := d.missing
	if d.root == (xml.Name{Local: "Assertion"}) && d.rootPrefix == "" {
		missing = append([]string{""}, missing...)
	}
	if len(missing) == 0 {
		return nil
	}
	var all []string
	for _, prefix := range missing {
		all = append(all, d.declaration(prefix))
	}
	return fmt.Errorf("the XML lacks the namespace declaration %s: it was cut out of a document that has it, such as a SAML Response; "+
		"decode --extract-assertion takes it out of that whole", strings.Join(all, " and "))
}

func (d *scanned) extract(raw []byte) ([]byte, error) {
	switch {
	case len(d.parts) == 0 && d.encrypted > 0:
		return nil, errors.New("the SAML assertion is encrypted, so it cannot be taken out")
	case len(d.parts) == 0:
		return nil, fmt.Errorf("there is no SAML assertion in it: the root is %.80q", d.root.Local)
	case len(d.parts) > 1:
		return nil, fmt.Errorf("there are %d SAML assertions in it, and none is chosen for you", len(d.parts))
	}
	p := d.parts[0]
	if p.id != "" && d.ids[p.id] > 1 {
		return nil, fmt.Errorf("the ID of the SAML assertion (%.80q) comes %d times in the document: what its signature covers cannot be told", p.id, d.ids[p.id])
	}
	var b bytes.Buffer
	b.Write(raw[p.start:p.nameEnd])
	for _, a := range p.additions() {
		_, _ = fmt.Fprintf(&b, ` %s="`, rawName(a.Name))
		_ = xml.EscapeText(&b, []byte(a.Value)) // a Buffer takes everything
		b.WriteByte('"')
	}
	b.Write(raw[p.nameEnd:p.end])
	return b.Bytes(), nil
}

// additions are the attributes that the start tag lacks, sorted.
func (p *part) additions() []xml.Attr {
	declarations := p.needed
	if p.inclusive {
		declarations = p.inherited
	}
	var all []xml.Attr
	for _, prefix := range slices.Sorted(maps.Keys(declarations)) {
		name := xml.Name{Space: "xmlns", Local: prefix}
		if prefix == "" {
			name = xml.Name{Local: "xmlns"}
		}
		all = append(all, xml.Attr{Name: name, Value: declarations[prefix]})
	}
	if p.inclusive {
		all = append(all, p.xmlAttrs...)
	}
	return all
}
