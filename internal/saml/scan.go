package saml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// The namespaces that decide something here.
const (
	namespace     = "urn:oasis:names:tc:SAML:2.0:assertion"
	namespace11   = "urn:oasis:names:tc:SAML:1.0:assertion" // of SAML 1.1, too
	namespaceDSig = "http://www.w3.org/2000/09/xmldsig#"
	namespaceXSI  = "http://www.w3.org/2001/XMLSchema-instance"
)

// maxNesting is how many elements may stand inside one another.
const maxNesting = 256

// maxBindings is how many namespace declarations may be in force: whoever canonicalizes
// goes over all of them at each element.
const maxBindings = 256

// maxXMLAttrs is how many xml: attributes in force are looked at: there are four.
const maxXMLAttrs = 32

// scanner goes over a document once, by its bytes: where assertions begin and
// end, which namespace declarations are in force there, and what is missing.
type scanner struct {
	dec      *xml.Decoder
	open     []element
	bindings map[string][]binding // by prefix, the innermost last
	bound    int                  // how many there are of them
	xmlAttrs []xml.Attr           // xml:lang and its like, in force
	doc      scanned
	part     *part // the assertion that is being read, nil outside
}

// scanned is what a document turned out to hold.
type scanned struct {
	root       xml.Name
	rootPrefix string
	rootAttrs  []xml.Attr
	parts      []*part // assertions that are in no other
	encrypted  int
	all        int      // assertions, those in others too
	sealed     int      // encrypted ones, those in others too
	encoding   string   // what it says of itself where that is not UTF-8
	status     []string // what a Response's status or a SOAP fault says
	missing    []string // prefixes that are used and not declared, "" for the default namespace
	ids        map[string]int
	warnings   []string
}

type element struct {
	raw      string // the name as it stands
	name     xml.Name
	declared []string // prefixes to forget at its end
	xmlAttrs int      // how many of the scanner's were in force before it
}

// binding is a namespace declaration and how deep the element stands that has it.
type binding struct {
	uri   string
	depth int
}

// scan reads a whole document, without its byte-order mark. Everything that is
// no well-formed XML with namespaces is an error, but for missing declarations.
func scan(raw []byte) (*scanned, error) {
	s := &scanner{dec: xml.NewDecoder(bytes.NewReader(raw)), bindings: map[string][]binding{}}
	s.doc.ids = map[string]int{}
	s.dec.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		if !utf8.Valid(raw) {
			return nil, otherEncoding(charset)
		}
		s.doc.encoding = charset
		// Read as what it is: the declaration is a detail of whoever wrote it to a file.
		s.warn("the document says that its encoding is %.40q, and it is UTF-8", charset)
		return in, nil
	}
	for {
		start := int(s.dec.InputOffset())
		t, err := s.dec.RawToken()
		var other otherEncoding
		switch {
		case errors.Is(err, io.EOF) && s.doc.root.Local != "" && len(s.open) == 0:
			return &s.doc, nil
		case errors.As(err, &other):
			return nil, other
		case err != nil:
			return nil, errNotWellFormed
		}
		if err := s.token(t, start, int(s.dec.InputOffset())); err != nil {
			return nil, err
		}
	}
}

var errNotWellFormed = errors.New("the SAML assertion is not well-formed XML")

func (s *scanner) token(t xml.Token, start, end int) error {
	switch t := t.(type) {
	case xml.Directive:
		// No SAML document has a DTD, and entities are how XML readers are attacked.
		return errors.New("the XML has a document type declaration, which no SAML assertion has")
	case xml.StartElement:
		return s.begin(t, start)
	case xml.EndElement:
		return s.finish(t, end)
	case xml.CharData:
		return s.text(string(t))
	}
	return nil
}

func (s *scanner) begin(t xml.StartElement, at int) error {
	switch {
	case len(s.open) == 0 && s.doc.root.Local != "":
		return errors.New("something follows the SAML assertion")
	case len(s.open) == maxNesting:
		return fmt.Errorf("the XML is nested deeper than %d elements", maxNesting)
	}
	if repeats(t.Attr) {
		return errNotWellFormed
	}
	e := element{raw: rawName(t.Name), xmlAttrs: len(s.xmlAttrs)}
	for _, a := range t.Attr {
		switch prefix, ok := declares(a.Name); {
		case ok:
			s.bindings[prefix] = append(s.bindings[prefix], binding{a.Value, len(s.open)})
			e.declared = append(e.declared, prefix)
			s.bound++
		case a.Name.Space == "xml" && len(s.xmlAttrs) < maxXMLAttrs:
			s.xmlAttrs = append(s.xmlAttrs, a)
		}
	}
	if s.bound > maxBindings {
		return fmt.Errorf("more than %d namespace declarations are in force in the XML", maxBindings)
	}
	e.name = xml.Name{Space: s.resolve(t.Name.Space), Local: t.Name.Local}
	if s.doc.root.Local == "" {
		s.doc.root, s.doc.rootPrefix, s.doc.rootAttrs = e.name, t.Name.Space, t.Attr
	}
	switch {
	case e.name.Local == "Assertion" && (e.name.Space == namespace || e.name.Space == namespace11):
		s.doc.all++
	case e.name.Local == "EncryptedAssertion" && e.name.Space == namespace:
		s.doc.sealed++
	}
	if s.part == nil {
		s.outside(t, e, at)
	}
	s.use(t.Name.Space)
	if s.part != nil && e.name.Space == namespaceDSig && e.name.Local == "Signature" && len(s.open) == s.part.depth+1 {
		s.part.signed = true
	}
	s.attributes(t, e)
	s.open = append(s.open, e)
	return nil
}

// repeats is true for an attribute that comes twice, which encoding/xml lets
// pass: two readers would then take different ones for the ID.
func repeats(attrs []xml.Attr) bool {
	if len(attrs) < 2 {
		return false
	}
	seen := make(map[xml.Name]bool, len(attrs))
	for _, a := range attrs {
		if seen[a.Name] {
			return true
		}
		seen[a.Name] = true
	}
	return false
}

// outside looks at an element that is in no assertion.
func (s *scanner) outside(t xml.StartElement, e element, at int) {
	switch {
	case e.name.Local == "Assertion" && (e.name.Space == namespace || e.name.Space == namespace11 || len(s.open) == 0):
		s.part = &part{start: at, nameEnd: at + len("<") + len(e.raw), depth: len(s.open), needed: map[string]string{}}
		if len(s.doc.parts) == 0 {
			s.part.inherited, s.part.xmlAttrs = s.inForce(e), inheritedXML(s.xmlAttrs[:e.xmlAttrs], t.Attr)
		}
		for _, a := range t.Attr {
			if a.Name.Space == "" && (a.Name.Local == "ID" || a.Name.Local == "AssertionID") {
				s.part.id = a.Value
			}
		}
		s.doc.parts = append(s.doc.parts, s.part)
	case e.name.Local == "EncryptedAssertion" && e.name.Space == namespace:
		s.doc.encrypted++
	case e.name.Local == "StatusCode":
		for _, a := range t.Attr {
			if a.Name.Local == "Value" {
				s.say(a.Value)
			}
		}
	}
}

func (s *scanner) attributes(t xml.StartElement, e element) {
	for _, a := range t.Attr {
		if _, ok := declares(a.Name); ok {
			continue
		}
		if a.Name.Space != "" {
			s.use(a.Name.Space)
		}
		switch a.Name.Local {
		case "ID", "Id", "id", "AssertionID":
			s.doc.ids[a.Value]++
		case "Algorithm":
			s.canonical(a.Value)
		case "PrefixList": // Exclusive XML Canonicalization 1.0, 3
			for _, prefix := range strings.Fields(a.Value) {
				s.need(strings.TrimPrefix(prefix, "#default"))
			}
		}
		if a.Name.Local == "type" && a.Name.Space != "" && s.resolve(a.Name.Space) == namespaceXSI {
			s.typed(a.Value)
		}
		s.mentions(a.Value)
	}
}

// finish ends the innermost element.
func (s *scanner) finish(t xml.EndElement, end int) error {
	last := len(s.open) - 1
	if last < 0 || s.open[last].raw != rawName(t.Name) {
		return errNotWellFormed
	}
	e := s.open[last]
	s.open, s.xmlAttrs = s.open[:last], s.xmlAttrs[:e.xmlAttrs]
	s.bound -= len(e.declared)
	for _, prefix := range e.declared {
		s.bindings[prefix] = s.bindings[prefix][:len(s.bindings[prefix])-1]
	}
	if s.part != nil && s.part.depth == last {
		s.part.end = end
		s.part = nil
	}
	return nil
}
