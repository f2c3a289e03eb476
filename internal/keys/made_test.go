package keys

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"math/big"
	"strings"
	"testing"

	"authctl/internal/secret"
)

func answer(text string) func() (secret.Text, error) {
	return func() (secret.Text, error) { return secret.New(text), nil }
}

// kidsByOpenSSL are the SubjectPublicKeyInfo hashes that openssl printed for
// the keys it made (testdata/made).
func kidsByOpenSSL(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(file(t, "made/kids.txt"))), "\n") {
		name, kid, _ := strings.Cut(line, " ")
		all[name] = kid
	}
	if len(all) != 5 {
		t.Fatalf("%d kids", len(all))
	}
	return all
}

func TestKeysMadeByOpenSSL(t *testing.T) {
	kids := kidsByOpenSSL(t)
	for name, c := range map[string]struct {
		kid    string
		alg    string
		hasCrt bool
	}{
		"rsa.pem":                  {"rsa", "RS256", false},
		"rsa-pkcs1.pem":            {"rsa", "RS256", false},
		"rsa-encrypted.pem":        {"rsa", "RS256", false},
		"rsa-encrypted-sha1.pem":   {"rsa", "RS256", false},
		"rsa-encrypted-scrypt.pem": {"rsa", "RS256", false},
		"rsa-encrypted.der":        {"rsa", "RS256", false},
		"ec256.pem":                {"ec256", "ES256", false},
		"ec384.pem":                {"ec384", "ES384", false},
		"ec521.pem":                {"ec521", "ES512", false},
		"ed25519.pem":              {"ed25519", "EdDSA", false},
		"leaf.p12":                 {"ec256", "ES256", true},
		"leaf-nopass.p12":          {"ec256", "ES256", true},
		"leaf-legacy.p12":          {"ec256", "ES256", true},
		"leaf-bag.pem":             {"ec256", "ES256", true},
	} {
		k, err := Load(file(t, "made/"+name), Options{Passphrase: answer("letmein")})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if kid, _ := k.SPKISHA256(); kid != kids[c.kid] {
			t.Errorf("%s: kid %s, openssl says %s", name, kid, kids[c.kid])
		}
		if k.Signer == nil || DefaultAlg(k) != c.alg || (k.Certificate != nil) != c.hasCrt {
			t.Errorf("%s: private %v, alg %s, certificate %v", name, k.Signer != nil, DefaultAlg(k), k.Certificate != nil)
		}
	}
}

func TestPrivateKeyInEveryEncoding(t *testing.T) {
	want := kidsByOpenSSL(t)["rsa"]
	pem := file(t, "made/rsa.pem")
	for name, data := range map[string][]byte{
		"crlf": crlf(pem), "utf-16": utf16le(pem), "der": der(t, pem), "pkcs#1 der": der(t, file(t, "made/rsa-pkcs1.pem")),
		"key, then certificate": append(append([]byte{}, pem...), file(t, "made/rsa.crt")...),
		"certificate, then key": append(append([]byte{}, file(t, "made/rsa.crt")...), pem...),
	} {
		k, err := Load(data, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if kid, _ := k.SPKISHA256(); kid != want || k.Signer == nil {
			t.Errorf("%s: kid %s", name, kid)
		}
		if strings.Contains(name, "certificate") && k.Certificate == nil {
			t.Errorf("%s: its certificate is lost", name)
		}
	}
}

func TestLeafOfAChain(t *testing.T) {
	k, err := Load(file(t, "made/chain.pem"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if k.Certificate.Subject.CommonName != "Leaf" {
		t.Errorf("the key of %s", k.Certificate.Subject)
	}
	if kid, _ := k.SPKISHA256(); kid != kidsByOpenSSL(t)["ec256"] {
		t.Errorf("kid %s", kid)
	}
}

func TestPassphrases(t *testing.T) {
	for _, name := range []string{"rsa-encrypted.pem", "rsa-encrypted.der", "leaf.p12"} {
		if _, err := Load(file(t, "made/"+name), Options{}); !errors.Is(err, ErrPassphrase) {
			t.Errorf("%s without a passphrase: %v", name, err)
		}
		if _, err := Load(file(t, "made/"+name), Options{Passphrase: answer("wrong")}); err == nil {
			t.Errorf("%s opens with a wrong passphrase", name)
		}
		asked := errors.New("nobody there")
		_, err := Load(file(t, "made/"+name), Options{Passphrase: func() (secret.Text, error) { return secret.Text{}, asked }})
		if !errors.Is(err, asked) {
			t.Errorf("%s: the reason is lost: %v", name, err)
		}
	}
	never := func() (secret.Text, error) { t.Error("asked without need"); return secret.Text{}, nil }
	for _, name := range []string{"rsa.pem", "leaf-nopass.p12"} {
		if _, err := Load(file(t, "made/"+name), Options{Passphrase: never}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeysThatAreRefused(t *testing.T) {
	for name, data := range map[string][]byte{
		"secp256k1":        file(t, "made/secp256k1.pem"),
		"x25519":           file(t, "made/x25519.pem"),
		"old encryption":   file(t, "made/rsa-old-encrypted.pem"),
		"request":          file(t, "made/request.csr"),
		"request der":      der(t, file(t, "made/request.csr")),
		"two private keys": append(append([]byte{}, file(t, "made/rsa.pem")...), file(t, "made/ec384.pem")...),
		"key, other's crt": append(append([]byte{}, file(t, "made/ec384.pem")...), file(t, "made/rsa.crt")...),
		"key, other's key": append(append([]byte{}, file(t, "made/ec384.pem")...), file(t, "klg-public-key.pem")...),
		"openssh":          []byte("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk=\n-----END OPENSSH PRIVATE KEY-----\n"),
		"damaged der":      der(t, file(t, "made/rsa.pem"))[:200],
		"damaged p12":      file(t, "made/leaf.p12")[:300],
		"mixed up d":       []byte(`{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"AQAB"}`),
		"mixed up ed25519": []byte(`{"kty":"OKP","crv":"Ed25519","d":"nWGxnf_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`),
		"rsa without p":    []byte(`{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQAB"}`),
		"rsa of nonsense":  []byte(`{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQAB","p":"Aw","q":"BQ"}`),
		"tiny rsa":         []byte(`{"kty":"RSA","n":"AQAB","e":"AQAB"}`),
		"kid is a number":  []byte(`{"kty":"oct","k":"AQAB","kid":1}`),
		"x5c of another":   x5c(t, "klg-public-key.pem", "klg-sts-signer.crt.pem"),
	} {
		if k, err := Load(data, Options{Passphrase: answer("letmein")}); err == nil {
			t.Errorf("%s: loaded %s", name, k.Describe())
		}
	}
}

// A certificate that cannot be read only informs: the key is its n and e.
func TestX5CThatCannotBeRead(t *testing.T) {
	whole := string(x5c(t, "klg-public-key.pem", "klg-holder-of-key.crt.pem"))
	for name, jwk := range map[string]string{
		"damaged":    strings.Replace(whole, `"x5c":["`, `"x5c":["AA`, 1),
		"no base64":  strings.Replace(whole, `"x5c":["`, `"x5c":["!`, 1),
		"a text":     strings.NewReplacer(`"x5c":["`, `"x5c":"`, `"]}`, `"}`).Replace(whole),
		"empty list": whole[:strings.Index(whole, `"x5c"`)] + `"x5c":[]}`,
	} {
		k, err := Load([]byte(jwk), Options{})
		if err != nil || k.Certificate != nil {
			t.Errorf("%s: %v", name, err)
		} else if kid, _ := k.SPKISHA256(); kid != exampleKID {
			t.Errorf("%s: kid %s", name, kid)
		}
		if all, err := ParseJWKS(set(jwk)); len(all) != 1 {
			t.Errorf("%s in a JWKS: %v", name, err)
		}
	}
}

func TestX5CIsTheKeysOwn(t *testing.T) {
	k, err := Load(x5c(t, "klg-public-key.pem", "klg-holder-of-key.crt.pem"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if v, err := k.X5TS256(); v != exampleX5TS256 {
		t.Errorf("x5t#S256 %s, %v", v, err)
	}
}

func TestAttachCertificate(t *testing.T) {
	k, err := Load(file(t, "klg-public-key.pem"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"klg-sts-signer.crt.pem", "klg-public-key.pem"} {
		if err := k.AttachCertificate(file(t, name)); err == nil || k.Certificate != nil {
			t.Errorf("%s is attached", name)
		}
	}
	if err := k.AttachCertificate(file(t, "klg-holder-of-key.crt.pem")); err != nil {
		t.Error(err)
	}
}

func TestStrength(t *testing.T) {
	k, err := Load(file(t, "weak-rsa-1024.pem"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if k.CheckStrength() == nil || k.CheckSigning("RS256") == nil {
		t.Error("1024 bits may sign")
	}
	k, err = Load(file(t, "made/rsa.pem"), Options{})
	if err != nil || k.CheckSigning("PS512") != nil {
		t.Errorf("2048 bits may not sign: %v", err)
	}
	public, err := Load(file(t, "klg-public-key.pem"), Options{})
	if err != nil || public.CheckSigning("RS256") == nil {
		t.Errorf("a public key may sign: %v", err)
	}
}

// No error repeats a part of the key it is about.
func TestErrorsHoldNoKeyMaterial(t *testing.T) {
	k, err := Generate("ES256", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := k.PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	const canary = "Q0FOQVJZQ0FOQVJZQ0FOQVJZQ0FOQVJZ"
	for name, data := range map[string]string{
		"jwk d":      `{"kty":"EC","crv":"P-256","x":"AQAB","y":"AQAB","d":"` + canary + `"}`,
		"jwk d text": `{"kty":"EC","crv":"P-256","x":"AQAB","y":"AQAB","d":"!` + canary + `"}`,
		"jwk d list": `{"kty":"EC","crv":"P-256","x":"AQAB","y":"AQAB","d":["` + canary + `"]}`,
		"jwk k":      `{"kty":"oct","k":"!` + canary + `"}`,
		"broken":     `{"kty":"oct","k":"` + canary,
		"string":     `"{\"kty\":\"oct\",\"k\":\"` + canary,
		"percent":    `%7B%22k%22%3A%22` + canary + `%ZZ`,
		"pem":        "-----BEGIN PRIVATE KEY-----\n" + canary + "\n-----END PRIVATE KEY-----\n",
		"pem cut":    "-----BEGIN PRIVATE KEY-----\n" + canary,
		"text":       canary,
		"jwks":       `{"keys":[{"kty":"oct","k":"!` + canary + `"}]}`,
		"der":        string(pkcs8[:len(pkcs8)/2]) + canary,
		"kty":        `{"kty":"` + canary + `"}`,
	} {
		_, err := Load([]byte(data), Options{})
		if err == nil {
			t.Errorf("%s: loaded", name)
		} else if strings.Contains(err.Error(), canary[:20]) && name != "kty" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A private exponent that is another key's would sign what nobody can verify,
// and a fault in one of the primes gives the key away.
func TestInconsistentRSA(t *testing.T) {
	k, err := Load(file(t, "made/rsa.pem"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	private, ok := k.Signer.(*rsa.PrivateKey)
	if !ok {
		t.Fatalf("%T", k.Signer)
	}
	jwk := func(d *big.Int) []byte {
		return mustJSON(t, map[string]string{
			"kty": "RSA", "n": b64(private.N.Bytes()), "e": "AQAB", "d": b64(d.Bytes()),
			"p": b64(private.Primes[0].Bytes()), "q": b64(private.Primes[1].Bytes()),
		})
	}
	if _, err := Load(jwk(private.D), Options{}); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(jwk(new(big.Int).Add(private.D, big.NewInt(2))), Options{}); err == nil {
		t.Error("another d passes")
	}
}
