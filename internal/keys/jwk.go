package keys

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/lestrrat-go/jwx/v2/jwk"
)

// members are the members of a JSON object, names to the letter.
type members map[string]json.RawMessage

// text is the string member of that name, "" when it is absent.
func (m members) text(name string) (string, error) {
	raw, ok := m[name]
	if !ok {
		return "", nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", fmt.Errorf("the JWK's %s is not a string", name)
	}
	return s, nil
}

// json reads a JWK or a JWKS.
func (l *loader) json(text []byte) (*Key, error) {
	var m members
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, errors.New("it begins like JSON and is not valid JSON")
	}
	if _, ok := m["keys"]; ok {
		all, err := ParseJWKS(text)
		if err != nil {
			return nil, err
		}
		return choose(all, l.options.KID)
	}
	if _, ok := m["kty"]; !ok {
		return nil, m.noJWK()
	}
	k, err := parseJWK(m)
	if err != nil {
		return nil, err
	}
	if want := l.options.KID; want != "" && k.KID != "" && k.KID != want {
		return nil, fmt.Errorf("the JWK's kid is %.80q, not %.80q", k.KID, want)
	}
	return k, nil
}

// noJWK says what to do with a JSON object that is no key itself.
func (m members) noJWK() error {
	if at, ok := m.pointer(0); ok {
		return &InsideError{at}
	}
	return errors.New("it is JSON and no JWK: there is no member kty")
}

// parseJWK reads one JWK (RFC 7517 4, RFC 7518 6, RFC 8037 2).
func parseJWK(m members) (*Key, error) {
	var err error
	k := &Key{}
	for name, into := range map[string]*string{"kid": &k.KID, "alg": &k.Alg, "use": &k.Use} {
		if *into, err = m.text(name); err != nil {
			return nil, err
		}
	}
	if ops, ok := m["key_ops"]; ok && json.Unmarshal(ops, &k.KeyOps) != nil {
		one, err := m.text("key_ops") // some write the one as it is
		if err != nil {
			return nil, errors.New("the JWK's key_ops is not a list of texts")
		}
		k.KeyOps = []string{one}
	}
	raw, err := rawKey(m)
	if err != nil {
		return nil, err
	}
	if err := k.set(raw); err != nil {
		return nil, err
	}
	if chain, ok := m["x5c"]; ok {
		if err := k.attachX5C(chain); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// rawKey hands the members that make the key, and no others, to the JWK library.
func rawKey(m members) (any, error) {
	bare := members{}
	for _, name := range []string{"kty", "crv", "x", "y", "n", "e", "d", "p", "q", "k"} {
		if v, ok := m[name]; ok {
			bare[name] = v
		}
	}
	_, private := bare["d"]
	if private && bare["n"] != nil && (bare["p"] == nil || bare["q"] == nil) {
		return withoutPrimes(bare)
	}
	// Library errors may quote what they could not read; that may be a key.
	errBad := fmt.Errorf("the JWK (kty %.20s, crv %.20s) is not valid", orNone(bare["kty"]), orNone(bare["crv"]))
	plain, err := json.Marshal(bare)
	if err != nil {
		return nil, errBad
	}
	parsed, err := jwk.ParseKey(plain)
	if err != nil {
		return nil, errBad
	}
	var raw any
	if err := parsed.Raw(&raw); err != nil {
		return nil, errBad
	}
	return raw, nil
}

// withoutPrimes is a private RSA key by its n, e and d alone.
func withoutPrimes(m members) (any, error) {
	d, err := m.text("d")
	if err != nil {
		return nil, err
	}
	number, err := base64.RawURLEncoding.DecodeString(d)
	if err != nil {
		return nil, errors.New("the JWK's d is not base64url")
	}
	public, err := rawKey(members{"kty": m["kty"], "n": m["n"], "e": m["e"]})
	if err != nil {
		return nil, err
	}
	pub, ok := public.(*rsa.PublicKey)
	if !ok {
		return nil, errNoPrimes
	}
	key := &rsa.PrivateKey{PublicKey: *pub, D: new(big.Int).SetBytes(number)}
	return key, factor(key)
}

func orNone(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "none"
	}
	return string(raw)
}

// set checks a key that a library made and takes it over.
func (k *Key) set(raw any) error {
	switch key := raw.(type) {
	case *rsa.PrivateKey:
		if err := key.Validate(); err != nil {
			return errors.New("the RSA private key is not consistent")
		}
		key.Precompute()
		k.Signer, k.Public = key, &key.PublicKey
		return checkRSA(&key.PublicKey)
	case *rsa.PublicKey:
		k.Public = key
		return checkRSA(key)
	case *ecdsa.PrivateKey:
		return k.setECDSA(key)
	case *ecdsa.PublicKey:
		k.Public = key
		return checkCurve(key)
	case ed25519.PrivateKey:
		k.Signer, k.Public = key, key.Public()
		return nil
	case ed25519.PublicKey:
		if len(key) != ed25519.PublicKeySize {
			return errors.New("the Ed25519 public key has the wrong length")
		}
		k.Public = key
		return nil
	case []byte:
		if len(key) == 0 {
			return errors.New("the symmetric key is empty")
		}
		k.Oct = key
		return nil
	default:
		return errors.New("a key of its kind cannot sign: it is not " + kinds)
	}
}

// attachX5C takes the certificate of RFC 7517 4.7, which must be the key's own.
// One that cannot be read only informs: the key is its n and e, or x and y.
func (k *Key) attachX5C(raw json.RawMessage) error {
	var chain []string
	if err := json.Unmarshal(raw, &chain); err != nil || len(chain) == 0 {
		return nil //nolint:nilerr // as above
	}
	der, err := base64.StdEncoding.DecodeString(chain[0])
	if err != nil {
		return nil //nolint:nilerr // as above
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil //nolint:nilerr // as above
	}
	return k.attach(cert)
}
