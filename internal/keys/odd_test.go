package keys

import (
	"crypto/rand"
	"crypto/rsa"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// RSA keys for PSS alone (RFC 4055) sign PS algorithms, with the hash they name.
func TestRSAPSS(t *testing.T) {
	any := []string{"PS256", "PS384", "PS512"}
	for name, algs := range map[string][]string{
		"pss.pem": any, "pss-sealed.pem": any, "pss.pub.pem": any, "pss.crt": any,
		"pss-sha384.pem": {"PS384"}, "pss-sha384.pub.pem": {"PS384"}, "pss-sha384.crt": {"PS384"},
	} {
		k, err := Load(file(t, "sealed/"+name), Options{Passphrase: answer("letmein")})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !slices.Equal(k.Algs(), algs) || DefaultAlg(k) != algs[0] || k.Fits("RS256") {
			t.Errorf("%s: %v", name, k.Algs())
		}
		if err := k.CheckSigning(algs[0]); (err == nil) != (k.Signer != nil) {
			t.Errorf("%s: %v", name, err)
		}
		// The kid is the hash of what openssl writes for the same key.
		public, _, _ := strings.Cut(name, ".")
		want := der(t, file(t, "sealed/"+strings.TrimSuffix(public, "-sealed")+".pub.pem"))
		if got, err := k.SPKI(); string(got) != string(want) {
			t.Errorf("%s: another SubjectPublicKeyInfo than openssl's, %v", name, err)
		}
	}
	both := append(file(t, "sealed/pss.pem"), file(t, "sealed/pss.crt")...)
	if k, err := Load(both, Options{}); err != nil || k.Certificate == nil {
		t.Errorf("a PSS key with its certificate: %v", err)
	}
}

// Curves that are spelt out are recognised by every one of their parameters.
func TestExplicitCurves(t *testing.T) {
	for curve, alg := range map[string]string{"prime256v1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"} {
		kid := ""
		for _, form := range []string{"", ".sec1", ".compressed", ".pub"} {
			name := "sealed/explicit-" + curve + form + ".pem"
			for kind, data := range map[string][]byte{"PEM": file(t, name), "DER": der(t, file(t, name))} {
				k, err := Load(data, Options{})
				if err != nil {
					t.Errorf("%s %s: %v", name, kind, err)
					continue
				}
				got, _ := k.SPKISHA256()
				if kid == "" {
					kid = got
				}
				if got != kid || DefaultAlg(k) != alg || (k.Signer != nil) != (form != ".pub") {
					t.Errorf("%s %s: %s, kid %s, want %s", name, kind, DefaultAlg(k), got, kid)
				}
			}
		}
	}
}

// A curve that is P-256 in all but its base point could have any private key
// for a public one (CVE-2020-0601).
func TestACurveWithAnotherBasePointIsRefused(t *testing.T) {
	data := der(t, file(t, "sealed/explicit-prime256v1.pub.pem"))
	gx := []byte{0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47}
	at := strings.Index(string(data), string(gx))
	if at < 0 {
		t.Fatal("no base point in it")
	}
	data[at]++
	if _, err := Load(data, Options{}); err == nil || !strings.Contains(err.Error(), "parameters of its own") {
		t.Error(err)
	}
}

// A PEM as it comes out of an environment variable or a YAML file.
func TestPEMThatLostItsLines(t *testing.T) {
	whole := string(file(t, "made/rsa.pem"))
	crt := string(file(t, "made/rsa.crt"))
	want := kidsByOpenSSL(t)["rsa"]
	b64 := func(s string) string { return b64Std(s) }
	for name, text := range map[string]string{
		`literal \n`:          strings.ReplaceAll(whole, "\n", `\n`),
		`literal \r\n`:        strings.ReplaceAll(whole, "\n", `\r\n`),
		`literal \\n`:         strings.ReplaceAll(whole, "\n", `\\n`),
		"percent-encoded":     url.PathEscape(whole), // as nginx hands on $ssl_client_escaped_cert
		"quoted":              `"` + strings.ReplaceAll(whole, "\n", `\n`) + `"`,
		"blanks":              strings.ReplaceAll(whole, "\n", " "),
		"nothing":             strings.ReplaceAll(whole, "\n", ""),
		"indented":            "    " + strings.ReplaceAll(strings.TrimSpace(whole), "\n", "\n    "),
		"key and certificate": strings.ReplaceAll(whole+crt, "\n", " "),
		"mixed":               strings.ReplaceAll(whole, "\n", " ") + "\n" + crt,
		"base64":              b64(whole),
		"base64 unpadded":     strings.TrimRight(b64(whole), "="),
		"base64 wrapped":      wrap(b64(whole)),
		"base64url":           strings.NewReplacer("+", "-", "/", "_").Replace(b64(whole)),
		"base64 of both":      b64(whole + crt),
		"base64 of the DER":   b64(string(der(t, []byte(whole)))),
		"base64 of one line":  b64(strings.ReplaceAll(whole, "\n", `\n`)),
	} {
		k, err := Load([]byte(text), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if kid, _ := k.SPKISHA256(); kid != want || k.Signer == nil {
			t.Errorf("%s: kid %s", name, kid)
		}
	}
	if _, err := Load([]byte(b64(strings.Repeat("AAAA", 100))), Options{}); err == nil {
		t.Error("base64 of nothing is a key")
	}
}

// RFC 7518 6.3.2 allows a private RSA JWK without its primes.
func TestRSAWithoutPrimes(t *testing.T) {
	k, err := Load(file(t, "made/rsa.pem"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	private, ok := k.Signer.(*rsa.PrivateKey)
	if !ok {
		t.Fatalf("%T", k.Signer)
	}
	other, _ := Generate("RS256", rand.Reader)
	foreign, _ := other.Signer.(*rsa.PrivateKey)
	for name, c := range map[string]struct {
		d    []byte
		more string
		ok   bool
	}{
		"n, e and d":      {private.D.Bytes(), "", true},
		"p alone":         {private.D.Bytes(), `,"p":"` + b64(private.Primes[0].Bytes()) + `"`, true},
		"d of another":    {foreign.D.Bytes(), "", false},
		"d is one":        {[]byte{1}, "", false},
		"d is nothing":    {nil, "", false},
		"d longer than n": {append([]byte{1}, private.N.Bytes()...), "", false},
	} {
		jwk := `{"kty":"RSA","e":"AQAB","n":"` + b64(private.N.Bytes()) + `","d":"` + b64(c.d) + `"` + c.more + `}`
		got, err := Load([]byte(jwk), Options{})
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.ok && (!Same(got, k) || got.CheckSigning("RS256") != nil) {
			t.Errorf("%s: another key", name)
		}
	}
}

// key_ops is a list; the text that some write is the list of it alone.
func TestKeyOps(t *testing.T) {
	for text, want := range map[string][]string{`["sign","verify"]`: {"sign", "verify"}, `"verify"`: {"verify"}, `[]`: {}, `null`: nil} {
		k, err := Load([]byte(strings.Replace(jwkB, `"kid"`, `"key_ops":`+text+`,"kid"`, 1)), Options{})
		if err != nil || !slices.Equal(k.KeyOps, want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := Load([]byte(strings.Replace(jwkB, `"kid"`, `"key_ops":5,"kid"`, 1)), Options{}); err == nil {
		t.Error("key_ops may be a number")
	}
}
