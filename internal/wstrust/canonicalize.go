package wstrust

import (
	"fmt"
	"slices"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// canonicalized is e by one of the algorithms of XML Signature 6.5, without its
// child at the index without, where that is no -1. how is the element that names
// the algorithm; Canonical XML 1.0 is what nil stands for (XML Signature 4.4.3.2).
func canonicalized(e *etree.Element, without int, how *etree.Element) ([]byte, error) {
	algorithm := attr(how, "", "Algorithm")
	prefixes := attr(child(how, exclusive, "InclusiveNamespaces"), "", "PrefixList")
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
			xml := inclusive && attr.Space == "xml" // Canonical XML 1.0, 2.4
			known := slices.ContainsFunc(alone.Attr, func(a etree.Attr) bool { return a.Space == attr.Space && a.Key == attr.Key })
			if (declares || xml) && !known {
				alone.Attr = append(alone.Attr, attr)
			}
		}
	}
	return by.Canonicalize(alone)
}
