package keys

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzSSH: whatever an agent says is a key that has an id, a signature, or an error.
func FuzzSSH(f *testing.F) {
	s := func(parts ...string) (b []byte) {
		for _, p := range parts {
			b = append(append(b, 0, 0, byte(len(p)>>8), byte(len(p))), p...)
		}
		return b
	}
	f.Add(s("ssh-ed25519", strings.Repeat("k", 32)))
	f.Add(s("ssh-rsa", "\x01\x00\x01", "\x00"+strings.Repeat("n", 256)))
	f.Add(s("ssh-rsa", "", ""))
	f.Add(s("ecdsa-sha2-nistp256", "nistp256", "\x04"+strings.Repeat("x", 64)))
	f.Add(s(string(s("ecdsa-sha2-nistp256", string(s("r", "s"))))))
	f.Add(s(string(s("rsa-sha2-512", "sig"))))
	f.Fuzz(func(t *testing.T, b []byte) {
		if k, err := FromSSH(b); err == nil {
			if _, err := k.PublicPEM(); err == nil {
				again, err := Load(mustPEM(t, k), Options{})
				if err == nil && !Same(k, again) {
					t.Error("another key")
				}
			}
		}
		sig, err := SSHSignature(b)
		if err == nil && len(sig) > 2*len(b)+20 {
			t.Errorf("%d bytes of %d", len(sig), len(b))
		}
		if list, err := SSHStrings(b); err == nil && !bytes.Contains(b, bytes.Join(list, nil)) && len(list) == 1 {
			t.Error("another string")
		}
	})
}

func mustPEM(t *testing.T, k *Key) []byte {
	t.Helper()
	text, err := k.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
