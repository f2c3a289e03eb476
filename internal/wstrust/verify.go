package wstrust

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	_ "crypto/sha512" // what the tables name
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"

	"github.com/beevik/etree"
)

// verify: the assertion has a signature of its own under one of a.Signers, and so
// has the message where its signature covers the Body. A certificate that was
// pinned is trusted for its key; its dates decide nothing.
func (a *Asking) verify(assertion, message []byte, soap bool) error {
	root, err := parsed(assertion) // the very bytes that are handed on
	if err != nil {
		return unfit("%s", err.Error())
	}
	own := children(root, nsDSig, "Signature")
	if len(own) != 1 {
		return unfit("the assertion has %d signatures of its own, and sts.signing_certificates asks for one", len(own))
	}
	if err := a.signs(own[0], root, root.SelectAttrValue("ID", "")); err != nil {
		return unfit("the assertion's signature does not hold: %s", err.Error())
	}
	if !soap {
		return nil
	}
	envelope, err := parsed(message)
	if err != nil {
		return unfit("%s", err.Error())
	}
	version := envelope.NamespaceURI()
	body := children(envelope, version, "Body")[0] // the only one: issued went through it
	id := ""
	for _, attr := range body.Attr {
		if attr.Key == "Id" && attr.NamespaceURI() == nsWSU {
			id = attr.Value
		}
	}
	for _, header := range children(envelope, version, "Header") {
		for _, security := range children(header, nsWSSE, "Security") {
			for _, signature := range children(security, nsDSig, "Signature") {
				if err := a.signs(signature, body, id); err != nil && !errors.Is(err, errOther) {
					return unfit("the signature of the answer's Body does not hold: %s", err.Error())
				}
			}
		}
	}
	return nil
}

// errOther is for a signature over something else.
var errOther = errors.New("it does not refer to it")

// signs verifies that signature is over target, which is given and not looked up
// by its ID (XML Signature 3.2). An enveloped signature is a child of target.
func (a *Asking) signs(signature, target *etree.Element, id string) error {
	info := child(signature, "SignedInfo")
	method := child(info, "CanonicalizationMethod")
	if method == nil || id == "" {
		return errOther
	}
	canonicalInfo, err := canonicalized(info, -1, method.SelectAttrValue("Algorithm", ""), prefixList(method))
	if err != nil {
		return err
	}
	var read node // of what was verified, so that no comment tells the two apart
	if err := xml.Unmarshal(canonicalInfo, &read); err != nil {
		return err
	}
	var over []*node
	for _, reference := range read.all(nsDSig, "Reference") {
		if reference.attr("URI") == "#"+id {
			over = append(over, reference)
		}
	}
	if len(over) != 1 {
		return errOther
	}
	if err := a.signedInfo(canonicalInfo, &read, child(signature, "SignatureValue")); err != nil {
		return err
	}
	return digests(over[0], signature, target)
}

// signedInfo verifies the signature value under one of the certificates, by its key.
func (a *Asking) signedInfo(info []byte, read *node, value *etree.Element) error {
	algorithm := algorithmOf(read.one(nsDSig, "SignatureMethod"))
	hash := hashes(strings.Replace(algorithm, "#rsa-", "#", 1))
	if !strings.Contains(algorithm, "#rsa-") || hash == 0 {
		return fmt.Errorf("its algorithm is %.80q, and RSA with SHA-256 or more is needed", algorithm)
	}
	if value == nil {
		return errors.New("it has no SignatureValue")
	}
	given, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(value.Text()), ""))
	if err != nil {
		return errors.New("its SignatureValue is not base64")
	}
	for _, signer := range a.Signers {
		if key, ok := signer.PublicKey.(*rsa.PublicKey); ok && rsa.VerifyPKCS1v15(key, hash, sum(hash, info), given) == nil {
			return nil
		}
	}
	return errors.New("it is of none of sts.signing_certificates")
}

// digests applies the transforms of a reference to target and compares.
func digests(reference *node, signature, target *etree.Element) error {
	without, algorithm, prefixes := -1, "", ""
	for _, transform := range reference.one(nsDSig, "Transforms").all(nsDSig, "Transform") {
		switch name := algorithmOf(transform); {
		case name == nsDSig+"enveloped-signature" && signature.Parent() == target && algorithm == "":
			without = signature.Index()
		case algorithm == "":
			algorithm = name
			if list := transform.one(exclusive, "InclusiveNamespaces"); list != nil {
				prefixes = list.attr("PrefixList")
			}
		default:
			return fmt.Errorf("it has a transform too many: %.80q", name)
		}
	}
	data, err := canonicalized(target, without, algorithm, prefixes)
	if err != nil {
		return err
	}
	method := algorithmOf(reference.one(nsDSig, "DigestMethod"))
	hash := hashes(method)
	if hash == 0 {
		return fmt.Errorf("its digest is %.80q, and SHA-256 or more is needed", method)
	}
	given, err := base64.StdEncoding.DecodeString(reference.one(nsDSig, "DigestValue").text())
	if err != nil || !bytes.Equal(given, sum(hash, data)) {
		return errors.New("what it covers was changed")
	}
	return nil
}

// hashes are those of XML Signature 1.1, 6.2, without SHA-1, which can be forged;
// RSA with one has its name with "rsa-" before it.
func hashes(algorithm string) crypto.Hash {
	switch algorithm {
	case digest256, "http://www.w3.org/2001/04/xmldsig-more#sha256":
		return crypto.SHA256
	case "http://www.w3.org/2001/04/xmldsig-more#sha384":
		return crypto.SHA384
	case "http://www.w3.org/2001/04/xmlenc#sha512", "http://www.w3.org/2001/04/xmldsig-more#sha512":
		return crypto.SHA512
	}
	return 0
}

func sum(hash crypto.Hash, data []byte) []byte {
	h := hash.New()
	h.Write(data)
	return h.Sum(nil)
}

func algorithmOf(n *node) string {
	if n == nil {
		return ""
	}
	return n.attr("Algorithm")
}
