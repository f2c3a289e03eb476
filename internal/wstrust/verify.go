package wstrust

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	_ "crypto/sha512" // what the tables name
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/beevik/etree"
)

// verify: the assertion has a signature of its own under one of a.Signers, and so
// has the message where its signature covers the Body. A certificate that was
// pinned is trusted for its key; its dates decide nothing.
func (a *Asking) verify(assertion []byte, envelope *etree.Element) error {
	root, err := parsed(assertion) // the very bytes that are handed on
	if err != nil {
		return unpinned("%s", err.Error())
	}
	own := children(root, nsDSig, "Signature")
	if len(own) != 1 {
		return unpinned("the assertion has %d signatures of its own, and sts.signing_certificates asks for one", len(own))
	}
	if err := a.signs(own[0], root, attr(root, "", "ID")); err != nil {
		return unpinned("the assertion's signature does not hold: %s", err.Error())
	}
	if envelope == nil {
		return nil
	}
	soap := envelope.NamespaceURI()
	body := child(envelope, soap, "Body") // the one that the assertion is in
	for _, header := range children(envelope, soap, "Header") {
		for _, security := range children(header, nsWSSE, "Security") {
			for _, signature := range children(security, nsDSig, "Signature") {
				if err := a.signs(signature, body, attr(body, nsWSU, "Id")); err != nil && !errors.Is(err, errOther) {
					return unpinned("the signature of the answer's Body does not hold: %s", err.Error())
				}
			}
		}
	}
	return nil
}

func unpinned(format string, args ...any) *Unfit {
	u := unfit(format, args...)
	u.Unpinned = true
	return u
}

// errOther is for a signature over something else.
var errOther = errors.New("it does not refer to it")

// signs verifies that signature is over target, which is given and not looked up
// by its ID (XML Signature 3.2). An enveloped signature is a child of target.
func (a *Asking) signs(signature, target *etree.Element, id string) error {
	info := child(signature, nsDSig, "SignedInfo")
	if info == nil {
		return errOther
	}
	canonicalInfo, err := canonicalized(info, -1, child(info, nsDSig, "CanonicalizationMethod"))
	if err != nil {
		return err
	}
	read, err := parsed(canonicalInfo) // what was verified, not what looks like it
	if err != nil {
		return err
	}
	var over []*etree.Element
	for _, reference := range children(read, nsDSig, "Reference") {
		if attr(reference, "", "URI") == "#"+id {
			over = append(over, reference)
		}
	}
	if len(over) != 1 {
		return errOther
	}
	if err := a.signedInfo(canonicalInfo, read, child(signature, nsDSig, "SignatureValue")); err != nil {
		return err
	}
	return digests(over[0], signature, target)
}

// signedInfo verifies the signature value under one of the certificates, by its key.
func (a *Asking) signedInfo(info []byte, read, value *etree.Element) error {
	algorithm := attr(child(read, nsDSig, "SignatureMethod"), "", "Algorithm")
	hash := hashes(strings.Replace(algorithm, "#rsa-", "#", 1))
	if !strings.Contains(algorithm, "#rsa-") || hash == 0 {
		return fmt.Errorf("its algorithm is %.80q, and RSA with SHA-256 or more is needed", algorithm)
	}
	given, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text(value)), ""))
	if err != nil || value == nil {
		return errors.New("it has no SignatureValue in base64")
	}
	for _, signer := range a.Signers {
		if key, ok := signer.PublicKey.(*rsa.PublicKey); ok && rsa.VerifyPKCS1v15(key, hash, sum(hash, info), given) == nil {
			return nil
		}
	}
	return errors.New("it is of none of sts.signing_certificates")
}

// digests applies the transforms of a reference to target and compares.
func digests(reference, signature, target *etree.Element) error {
	without := -1
	var how *etree.Element
	for _, transform := range children(child(reference, nsDSig, "Transforms"), nsDSig, "Transform") {
		switch name := attr(transform, "", "Algorithm"); {
		case how != nil:
			return fmt.Errorf("it has a transform too many: %.80q", name)
		case name == nsDSig+"enveloped-signature" && signature.Parent() == target:
			without = signature.Index()
		default:
			how = transform
		}
	}
	data, err := canonicalized(target, without, how)
	if err != nil {
		return err
	}
	method := attr(child(reference, nsDSig, "DigestMethod"), "", "Algorithm")
	hash := hashes(method)
	if hash == 0 {
		return fmt.Errorf("its digest is %.80q, and SHA-256 or more is needed", method)
	}
	given, err := base64.StdEncoding.DecodeString(text(child(reference, nsDSig, "DigestValue")))
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
