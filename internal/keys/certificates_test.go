package keys

import (
	"bytes"
	"encoding/pem"
	"errors"
	"strings"
	"testing"
)

// The files that people trust by, or prove themselves with, as keys are read.
func TestCertificates(t *testing.T) {
	chain := file(t, "made/chain.pem")
	block, rest := pem.Decode(file(t, "made/leaf.crt"))
	if block == nil {
		t.Fatalf("%q", rest)
	}
	root, _ := pem.Decode(file(t, "made/root.crt"))
	n := bytes.Count(chain, []byte("-----BEGIN CERTIFICATE"))
	broken := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("no certificate")})
	dos := bytes.ReplaceAll(chain, []byte("\n"), []byte("\r\n"))
	for name, c := range map[string]struct {
		data []byte
		want int // 0: refused
	}{
		"PEM":                        {chain, n},
		"with Windows line ends":     {dos, n},
		"with old Mac line ends":     {bytes.ReplaceAll(chain, []byte("\n"), []byte("\r")), n},
		"with a byte-order mark":     {append([]byte{0xEF, 0xBB, 0xBF}, chain...), n},
		"UTF-16LE":                   {utf16le(dos), n},
		"UTF-16BE":                   {utf16be(chain), n},
		"DER":                        {block.Bytes, 1},
		"DER and DER":                {append(bytes.Clone(block.Bytes), root.Bytes...), 2},
		"beside a key":               {append(bytes.Clone(file(t, "made/ec256.pem")), chain...), n},
		"one damaged among good":     {append(bytes.Clone(broken), chain...), n},
		"PKCS#12":                    {file(t, "made/leaf.p12"), 2},
		"PKCS#12 with a chain":       {file(t, "sealed/chain.p12"), 0},
		"a key":                      {file(t, "made/ec256.pem"), 0},
		"a key as PKCS#12":           {file(t, "sealed/key-only.p12"), 0},
		"a certificate request":      {file(t, "made/request.csr"), 0},
		"a damaged one alone":        {broken, 0},
		"empty":                      {nil, 0},
		"some text":                  {[]byte("hello"), 0},
		"DER and more":               {append(bytes.Clone(block.Bytes), 1, 2, 3), 0},
		"more than anybody trusts":   {bytes.Repeat(chain, 1+maxBundle/len(chain)), 0},
		"UTF-16, half a character":   {utf16le(chain)[:101], 0},
		"a hash of it, 32 bytes raw": {bytes.Repeat([]byte{0x30, 1}, 16), 0},
	} {
		got, err := Certificates(c.data, Options{Passphrase: answer("letmein")})
		if name == "PKCS#12 with a chain" {
			if err != nil || len(got) < 2 {
				t.Errorf("%s: %d, %v", name, len(got), err)
			}
			continue
		}
		if len(got) != c.want || (err == nil) != (c.want > 0) || err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %d certificates, want %d: %v", name, len(got), c.want, err)
		}
	}
	if _, err := Certificates(file(t, "made/leaf.p12"), Options{}); !errors.Is(err, ErrPassphrase) {
		t.Errorf("without a passphrase: %v", err)
	}
}

func FuzzCertificates(f *testing.F) {
	addSeeds(f, file(f, "made/chain.pem"), file(f, "made/leaf.p12"), utf16le(file(f, "made/leaf.crt")), []byte{0x30, 0x80})
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Certificates(data, Options{Passphrase: answer("letmein")})
		if (err == nil) != (len(got) > 0) {
			t.Errorf("%d certificates, %v", len(got), err)
		}
	})
}
