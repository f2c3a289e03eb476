package wstrust

import (
	"errors"
	"fmt"
	"slices"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

func parsed(data []byte) (*etree.Element, error) {
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(data); err != nil || doc.Root() == nil {
		return nil, errors.New("the answer is not well-formed XML")
	}
	return doc.Root(), nil
}

// children are the elements of that name right below e; a nil e has none.
func children(e *etree.Element, space, local string) (found []*etree.Element) {
	if e == nil {
		return nil
	}
	for _, c := range e.ChildElements() {
		if c.Tag == local && c.NamespaceURI() == space {
			found = append(found, c)
		}
	}
	return found
}

// child is the only one of XML Signature, nil where there are none or several.
func child(e *etree.Element, local string) *etree.Element {
	if found := children(e, nsDSig, local); len(found) == 1 {
		return found[0]
	}
	return nil
}

func prefixList(method *etree.Element) string {
	for _, list := range children(method, exclusive, "InclusiveNamespaces") {
		return list.SelectAttrValue("PrefixList", "")
	}
	return ""
}

// canonicalized is e by one of the algorithms of XML Signature 6.5, without its
// child at the index without, where that is no -1.
func canonicalized(e *etree.Element, without int, algorithm, prefixes string) ([]byte, error) {
	var by dsig.Canonicalizer
	inclusive := true
	switch dsig.AlgorithmID(algorithm) {
	case dsig.CanonicalXML10ExclusiveAlgorithmId:
		by, inclusive = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(prefixes), false
	case dsig.CanonicalXML10ExclusiveWithCommentsAlgorithmId:
		by, inclusive = dsig.MakeC14N10ExclusiveWithCommentsCanonicalizerWithPrefixList(prefixes), false
	case dsig.CanonicalXML10RecAlgorithmId, "":
		by = dsig.MakeC14N10RecCanonicalizer()
	case dsig.CanonicalXML10WithCommentsAlgorithmId:
		by = dsig.MakeC14N10WithCommentsCanonicalizer()
	case dsig.CanonicalXML11AlgorithmId:
		by = dsig.MakeC14N11Canonicalizer()
	default:
		return nil, fmt.Errorf("it has a transform or canonicalization that is not known: %.80q", algorithm)
	}
	alone := e.Copy() // a Canonicalizer changes what it is given
	if without >= 0 {
		alone.RemoveChildAt(without)
	}
	for up := e.Parent(); up != nil; up = up.Parent() {
		for _, attr := range up.Attr {
			declares := attr.Space == "xmlns" || attr.Space == "" && attr.Key == "xmlns"
			xml := inclusive && attr.Space == "xml" && attr.Key != "id" // Canonical XML 1.0, 2.4
			known := slices.ContainsFunc(alone.Attr, func(a etree.Attr) bool { return a.Space == attr.Space && a.Key == attr.Key })
			if (declares || xml) && !known {
				alone.Attr = append(alone.Attr, attr)
			}
		}
	}
	return by.Canonicalize(alone)
}
