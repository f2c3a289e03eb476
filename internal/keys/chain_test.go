package keys

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"slices"
	"testing"
)

// The chain goes from the key's certificate to its issuers (RFC 7515 4.1.6), in
// whatever order the file has them.
func TestChain(t *testing.T) {
	var blocks [][]byte
	for rest := file(t, "made/chain.pem"); ; {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			break
		}
		blocks = append(blocks, pem.EncodeToMemory(b))
	}
	forth := bytes.Join(blocks, nil)
	slices.Reverse(blocks)
	for name, data := range map[string][]byte{"forth": forth, "back": bytes.Join(blocks, nil)} {
		k, err := Load(data, Options{})
		if err != nil {
			t.Fatal(err)
		}
		texts, err := k.X5C()
		if err != nil || len(texts) != len(blocks) || len(texts) < 2 {
			t.Fatalf("%s: %d of %d certificates, %v", name, len(texts), len(blocks), err)
		}
		if texts[0] != base64.StdEncoding.EncodeToString(k.Certificate.Raw) {
			t.Errorf("%s: the first is not the key's own", name)
		}
		for i, c := range k.Chain[1:] {
			if !issued(c, k.Chain[i]) {
				t.Errorf("%s: certificate %d did not issue the one before it", name, i+1)
			}
		}
	}
	k, err := Load(file(t, "made/ec256.pem"), Options{})
	if err != nil || k.AttachCertificate(forth) != nil || len(k.Chain) != len(blocks) {
		t.Errorf("attached: %d of %d certificates, %v", len(k.Chain), len(blocks), err)
	}
	if _, err := (&Key{}).X5C(); err == nil {
		t.Error("a chain without a certificate")
	}
}
