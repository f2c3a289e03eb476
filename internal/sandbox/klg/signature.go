package klg

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

const (
	exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
	rsaSHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	digest256 = "http://www.w3.org/2001/04/xmlenc#sha256"
	x509v3    = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
	base64Of  = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
)

// authentic is XML Signature 3.2 for this message alone: every part in its place is
// covered, each Id stands once in the document, and a Reference to anything else is
// refused, because a part that was moved elsewhere still has its old digest.
func authentic(a *asked) *soapFault {
	parts := map[string]*etree.Element{}
	for _, part := range append(a.header.ChildElements(), a.timestamp, a.token, a.body) {
		if part == a.security {
			continue
		}
		id := attr(part, nsWSU, "Id")
		if id == "" || parts[id] != nil {
			return insecure(part.Tag + " has no Id of its own")
		}
		parts[id] = part
	}
	if id := twice(a.doc.Root(), map[string]bool{}); id != "" {
		return insecure("the Id " + id + " stands twice")
	}
	info := only(a.signature, nsSignature, "SignedInfo")
	list, ok := method(info, "CanonicalizationMethod", exclusive)
	if _, rightKey := method(info, "SignatureMethod", rsaSHA256); !ok || !rightKey {
		return insecure("the signature is not exc-c14n and rsa-sha256")
	}
	for _, reference := range info.ChildElements()[2:] {
		id, here := strings.CutPrefix(attr(reference, "", "URI"), "#")
		if !here || parts[id] == nil || !digested(reference, parts[id]) {
			return insecure("the reference to " + id + " does not hold")
		}
		delete(parts, id)
	}
	for _, part := range parts {
		return insecure(part.Tag + " is not signed")
	}
	named := only(only(a.signature, nsSignature, "KeyInfo"), nsWSSE, "SecurityTokenReference", "Reference")
	if named == nil || attr(named, "", "URI") != "#"+attr(a.token, nsWSU, "Id") || attr(named, "", "ValueType") != x509v3 {
		return insecure("KeyInfo is no reference to the BinarySecurityToken")
	}
	public, isRSA := a.certificate.PublicKey.(*rsa.PublicKey)
	form, err := canonical(info, list)
	value, undecoded := unbase64(only(a.signature, nsSignature, "SignatureValue"))
	sum := sha256.Sum256(form)
	if !isRSA || err != nil || undecoded != nil || rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], value) != nil {
		return insecure("the signature does not validate")
	}
	return nil
}

// digested: one exclusive transform, SHA-256, and the digest of the part.
func digested(reference, part *etree.Element) bool {
	transforms := only(reference, nsSignature, "Transforms")
	list, ok := method(transforms, "Transform", exclusive)
	if _, sha := method(reference, "DigestMethod", digest256); !ok || !sha || len(transforms.ChildElements()) != 1 {
		return false
	}
	want, undecoded := unbase64(only(reference, nsSignature, "DigestValue"))
	form, err := canonical(part, list)
	sum := sha256.Sum256(form)
	return err == nil && undecoded == nil && bytes.Equal(sum[:], want)
}

// method: that child's algorithm is the one wanted. list is its InclusiveNamespaces
// PrefixList (Exclusive XML Canonicalization 4), which other clients write.
func method(e *etree.Element, tag, algorithm string) (list string, ok bool) {
	m := only(e, nsSignature, tag)
	if m == nil || attr(m, "", "Algorithm") != algorithm {
		return "", false
	}
	if inclusive := only(m, exclusive, "InclusiveNamespaces"); inclusive != nil {
		list = attr(inclusive, "", "PrefixList")
	}
	return list, true
}

// canonical is e under exclusive canonicalization. Canonicalize sees only declarations on
// its argument and changes it: it gets a copy with all that are in scope.
func canonical(e *etree.Element, list string) ([]byte, error) {
	scope, err := etreeutils.NSBuildParentContext(e)
	if err != nil {
		return nil, err
	}
	detached, err := etreeutils.NSDetatch(scope, e)
	if err != nil {
		return nil, err
	}
	return dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(list).Canonicalize(detached)
}

// twice is an Id that stands twice, however it is spelt: xml:id and SAML's ID are ids too.
func twice(e *etree.Element, seen map[string]bool) string {
	for _, a := range e.Attr {
		if !strings.EqualFold(a.Key, "id") || a.Space == "xmlns" {
			continue
		}
		if seen[a.Value] {
			return a.Value
		}
		seen[a.Value] = true
	}
	for _, child := range e.ChildElements() {
		if id := twice(child, seen); id != "" {
			return id
		}
	}
	return ""
}

func unbase64(e *etree.Element) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(textOf(e)), ""))
}
