package jwt

import (
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"authctl/internal/keys"
)

// TestOpenSSLAccepts has every algorithm's signature verified by an
// implementation that shares no code with this one.
func TestOpenSSLAccepts(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("there is no openssl on this machine")
	}
	rsa, ec256, ec384, ec521, ed := generate(t, "RS256"), generate(t, "ES256"), generate(t, "ES384"), generate(t, "ES512"), generate(t, "EdDSA")
	for alg, c := range map[string]struct {
		key  *keys.Key
		args []string
	}{
		"RS256": {rsa, []string{"dgst", "-sha256"}},
		"RS384": {rsa, []string{"dgst", "-sha384"}},
		"RS512": {rsa, []string{"dgst", "-sha512"}},
		// RFC 7518 3.5: the salt is as long as the hash.
		"PS256": {rsa, []string{"dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"}},
		"PS384": {rsa, []string{"dgst", "-sha384", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:48"}},
		"PS512": {rsa, []string{"dgst", "-sha512", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:64"}},
		"ES256": {ec256, []string{"dgst", "-sha256"}},
		"ES384": {ec384, []string{"dgst", "-sha384"}},
		"ES512": {ec521, []string{"dgst", "-sha512"}},
		"EdDSA": {ed, []string{"pkeyutl", "-rawin"}},
	} {
		t.Run(alg, func(t *testing.T) {
			token := sign(t, c.key, alg, map[string]any{"typ": "JWT"}, map[string]any{"iss": "eoj", "exp": 1})
			if out, err := opensslVerify(t, openssl, c.args, c.key, token); err != nil {
				t.Errorf("%v: %s", err, out)
			}
			dot := strings.LastIndexByte(token, '.')
			if _, err := opensslVerify(t, openssl, c.args, c.key, flip(token, dot-3)); err == nil {
				t.Error("openssl accepts another payload: this test proves nothing")
			}
		})
	}
}

func opensslVerify(t *testing.T, openssl string, args []string, key *keys.Key, token string) (string, error) {
	t.Helper()
	dot := strings.LastIndexByte(token, '.')
	sig, err := base64.RawURLEncoding.DecodeString(token[dot+1:])
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(key.Describe(), "P-") {
		// RFC 7518 3.4 joins R and S; openssl wants them in ASN.1.
		half := len(sig) / 2
		if sig, err = asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(sig[:half]), new(big.Int).SetBytes(sig[half:])}); err != nil {
			t.Fatal(err)
		}
	}
	pem, err := key.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := func(name string, data []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	public, signature, input := path("pub", pem), path("sig", sig), path("input", []byte(token[:dot]))
	if args[0] == "pkeyutl" {
		args = append(args[:len(args):len(args)], "-verify", "-pubin", "-inkey", public, "-sigfile", signature, "-in", input)
	} else {
		args = append(args[:len(args):len(args)], "-verify", public, "-signature", signature, input)
	}
	out, err := exec.Command(openssl, args...).CombinedOutput()
	return string(out), err
}
