package saml

import (
	"encoding/xml"
	"slices"
	"strings"
)

// declares tells whether an attribute is a namespace declaration, and of which
// prefix: "" is the default namespace (Namespaces in XML 1.0, 3).
func declares(name xml.Name) (prefix string, ok bool) {
	switch {
	case name.Space == "xmlns":
		return name.Local, true
	case name.Space == "" && name.Local == "xmlns":
		return "", true
	}
	return "", false
}

// resolve is the namespace of a prefix, "" where nothing declares it.
func (s *scanner) resolve(prefix string) string {
	if list := s.bindings[prefix]; len(list) > 0 {
		return list[len(list)-1].uri
	}
	return ""
}

// use is for a prefix that the name of an element or attribute has.
func (s *scanner) use(prefix string) {
	const most = 10
	if prefix != "" && prefix != "xml" && len(s.bindings[prefix]) == 0 &&
		len(s.doc.missing) < most && !slices.Contains(s.doc.missing, prefix) {
		s.doc.missing = append(s.doc.missing, prefix)
	}
	s.need(prefix)
}

// need notes a prefix whose declaration the assertion inherits.
func (s *scanner) need(prefix string) {
	list := s.bindings[prefix]
	if s.part == nil || len(list) == 0 {
		return
	}
	if b := list[len(list)-1]; b.uri != "" && b.depth < s.part.depth {
		s.part.needed[prefix] = b.uri
	}
}

// mentions is for text that may be a qualified name: what begins with a prefix
// that is inherited needs it. One declaration too many changes nothing under
// exclusive canonicalization.
func (s *scanner) mentions(text string) {
	const longest = 64
	if prefix, _, ok := strings.Cut(strings.TrimSpace(text), ":"); ok && prefix != "" && len(prefix) <= longest {
		s.need(prefix)
	}
}

// canonical is for the Algorithm of a canonicalization. Canonical XML 1.0 and
// 1.1 that are not exclusive write every declaration and every xml: attribute
// in force, so all of them are needed (Canonical XML 1.0, 2.4).
func (s *scanner) canonical(algorithm string) {
	if s.part == nil {
		return
	}
	switch strings.TrimSuffix(strings.TrimSuffix(algorithm, "WithComments"), "#") {
	case "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2006/12/xml-c14n11":
		s.part.inclusive = true
	}
}

// inForce are the declarations that e inherits; what it declares itself, it has.
func (s *scanner) inForce(e element) map[string]string {
	all := map[string]string{}
	for prefix, list := range s.bindings {
		if !slices.Contains(e.declared, prefix) && len(list) > 0 && list[len(list)-1].uri != "" {
			all[prefix] = list[len(list)-1].uri
		}
	}
	return all
}

// inheritedXML are the xml: attributes in force around an element that has own,
// but for xml:id, which no element inherits (Canonical XML 1.1, 2.4).
func inheritedXML(around, own []xml.Attr) []xml.Attr {
	var all []xml.Attr
	for i, a := range around {
		same := func(b xml.Attr) bool { return b.Name == a.Name }
		if a.Name.Local != "id" && !slices.ContainsFunc(around[i+1:], same) && !slices.ContainsFunc(own, same) {
			all = append(all, a)
		}
	}
	return all
}

// declaration writes what is missing for a person, with the namespace where
// the prefix is one that everybody uses for it.
func (d *scanned) declaration(prefix string) string {
	usual := map[string]string{
		"ds": namespaceDSig, "dsig": namespaceDSig, "xsi": namespaceXSI, "xs": "http://www.w3.org/2001/XMLSchema", "xsd": "http://www.w3.org/2001/XMLSchema",
		"xenc": "http://www.w3.org/2001/04/xmlenc#", "saml": namespace, "saml2": namespace, "samlp": "urn:oasis:names:tc:SAML:2.0:protocol", "saml2p": "urn:oasis:names:tc:SAML:2.0:protocol",
	}
	uri := usual[prefix]
	if prefix == d.rootPrefix {
		uri = namespace
		if slices.ContainsFunc(d.rootAttrs, func(a xml.Attr) bool { return a.Name.Local == "MajorVersion" }) {
			uri = namespace11
		}
	}
	name := "xmlns"
	if prefix != "" {
		name += ":" + prefix
	}
	if uri == "" {
		return name
	}
	return name + `="` + uri + `"`
}
