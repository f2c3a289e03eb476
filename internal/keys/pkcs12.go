package keys

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"

	"authctl/internal/keys/pbe"
)

// maxBags is more keys and certificates than any PKCS#12 file for one client holds.
const maxBags = 100

var errPKCS12 = errors.New("the PKCS#12 file cannot be read: it is damaged, or of a form that is not supported")

// pkcs12File is a PFX (RFC 7292 4) whose every encryption that can be seen has
// been looked at.
type pkcs12File struct {
	safe   []byte // what the MAC is over
	mac    *pbe.MAC
	bags   []bag
	budget *pbe.Budget
}

// bag is a key or a certificate, or an encrypted safe with more of them.
type bag struct {
	kind bagKind
	body []byte
	seal *pbe.Scheme // nil: in the clear
}

type bagKind int

const (
	keyBag bagKind = iota
	certBag
	safeBag
)

// unmarshalBER reads one BER element.
func unmarshalBER(data []byte, into any) error {
	der, err := fromBER(data)
	if err == nil {
		_, err = asn1.Unmarshal(der, into)
	}
	if err != nil {
		return errPKCS12
	}
	return nil
}

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"tag:0,explicit,optional"`
}

// parsePKCS12 reads all that needs no passphrase. No key is derived before
// every number of iterations that can be seen was counted.
func parsePKCS12(data []byte) (*pkcs12File, error) {
	var pfx struct {
		Version  int
		AuthSafe contentInfo
		MAC      struct {
			Digest struct {
				Algorithm pkix.AlgorithmIdentifier
				Sum       []byte
			}
			Salt       []byte
			Iterations int `asn1:"optional,default:1"`
		} `asn1:"optional"`
	}
	if err := unmarshalBER(data, &pfx); err != nil {
		return nil, err
	}
	if pfx.AuthSafe.Type.Equal(contentID(2)) {
		return nil, errors.New("the PKCS#12 file is signed with a certificate instead of a passphrase, which is not read here")
	}
	f := &pkcs12File{budget: pbe.NewBudget()}
	if err := unmarshalBER(pfx.AuthSafe.Content.Bytes, &f.safe); err != nil {
		return nil, err
	}
	var err error
	if mac := pfx.MAC; len(mac.Digest.Algorithm.Algorithm) > 0 {
		if f.mac, err = pbe.ParseMAC(mac.Digest.Algorithm, mac.Digest.Sum, mac.Salt, mac.Iterations, f.budget); err != nil {
			return nil, err
		}
	}
	var safes []contentInfo
	if err := unmarshalBER(f.safe, &safes); err != nil {
		return nil, err
	}
	for _, s := range safes {
		if err := f.addSafe(s); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// addSafe takes one SafeContents of the AuthenticatedSafe, in the clear or encrypted.
func (f *pkcs12File) addSafe(s contentInfo) error {
	if !s.Type.Equal(contentID(6)) {
		var plain []byte
		if err := unmarshalBER(s.Content.Bytes, &plain); err != nil {
			return err
		}
		return f.addBags(plain)
	}
	var sealed struct {
		Version int
		Info    struct {
			Type      asn1.ObjectIdentifier
			Algorithm pkix.AlgorithmIdentifier
			Content   asn1.RawValue `asn1:"tag:0,optional"`
		}
	}
	if err := unmarshalBER(s.Content.Bytes, &sealed); err != nil {
		return err
	}
	scheme, err := pbe.Parse(sealed.Info.Algorithm, f.budget)
	if err != nil {
		return err
	}
	body := sealed.Info.Content.Bytes
	if sealed.Info.Content.IsCompound { // the octet string in pieces, under its implicit tag
		if err := unmarshalBER(derElement([]byte{0x20 | asn1.TagOctetString}, body), &body); err != nil {
			return err
		}
	}
	f.bags = append(f.bags, bag{safeBag, body, scheme})
	return nil
}

// addBags takes the bags of one SafeContents (RFC 7292 4.2). What is neither a
// key nor an X.509 certificate disturbs nobody.
func (f *pkcs12File) addBags(safe []byte) error {
	var bags []struct {
		ID    asn1.ObjectIdentifier
		Value asn1.RawValue `asn1:"tag:0,explicit"`
	}
	if err := unmarshalBER(safe, &bags); err != nil {
		return err
	}
	for _, b := range bags {
		if len(f.bags) == maxBags {
			return errPKCS12
		}
		switch {
		case b.ID.Equal(bagID(1)):
			f.bags = append(f.bags, bag{keyBag, b.Value.Bytes, nil})
		case b.ID.Equal(bagID(2)):
			var sealed encryptedKey
			if err := unmarshalBER(b.Value.Bytes, &sealed); err != nil {
				return err
			}
			scheme, err := pbe.Parse(sealed.Algorithm, f.budget)
			if err != nil {
				return err
			}
			f.bags = append(f.bags, bag{keyBag, sealed.Data, scheme})
		case b.ID.Equal(bagID(3)):
			var cert struct {
				ID   asn1.ObjectIdentifier
				Data []byte `asn1:"tag:0,explicit"`
			}
			if unmarshalBER(b.Value.Bytes, &cert) == nil {
				f.bags = append(f.bags, bag{certBag, cert.Data, nil})
			}
		}
	}
	return nil
}

// open checks the MAC and decrypts, which makes every bag a key or a
// certificate in DER. pbe.ErrPassphrase says that the passphrase is another.
func (f *pkcs12File) open(p pbe.Passphrase) ([]bag, error) {
	if f.mac != nil {
		if err := f.mac.Check(p, f.safe); err != nil {
			return nil, err
		}
	}
	again := *f // another passphrase begins where this one did
	again.bags = append([]bag{}, f.bags...)
	var out []bag
	for i := 0; i < len(again.bags); i++ {
		b := again.bags[i]
		if b.seal != nil {
			plain, err := b.seal.Open(p, b.body)
			if err != nil {
				return nil, err
			}
			b.body = plain
		}
		if b.kind != safeBag {
			out = append(out, b)
			continue
		}
		if err := again.addBags(b.body); err != nil {
			if f.mac == nil && errors.Is(err, errPKCS12) {
				return nil, pbe.ErrPassphrase // it decrypted to nonsense, and nothing else vouches for it
			}
			return nil, err
		}
	}
	return out, nil
}
