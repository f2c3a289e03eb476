package keys

import (
	"encoding/pem"
	"math/rand/v2"
	"testing"
	"time"
)

// TestMutatedEncryptedKeys: whatever is damaged in an encrypted key, reading it
// ends soon and in an error or a key. The mutations are the same in every run.
func TestMutatedEncryptedKeys(t *testing.T) {
	names := []string{
		"aes-128-cbc.pem", "des-ede3-cbc.pem", "prf-SHA512.pem", "scrypt.pem", "PBE-SHA1-3DES.pem", "PBE-MD5-DES.pem", "PBE-SHA1-RC2-40.pem",
		"camellia-128-cbc.pem", "pss-sealed.pem", "modern.p12", "legacy.p12", "nomac.p12", "key-only.p12", "mac-sha384.p12",
	}
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same mutations in every run
	slowest, reached := time.Duration(0), 0
	for i := range 1000 {
		name := names[i%len(names)]
		data := file(t, "sealed/"+name)
		b, _ := pem.Decode(data)
		if b != nil {
			data = b.Bytes
		}
		data = mutate(random, data)
		if b != nil && i%2 == 0 {
			data = pem.EncodeToMemory(&pem.Block{Type: b.Type, Bytes: data})
		}
		began := time.Now()
		k, err := (&loader{options: Options{Passphrase: answer("letmein")}}).load(data, 0) // past the recover of Load
		slowest = max(slowest, time.Since(began))
		if (k == nil) == (err == nil) {
			t.Errorf("%s, mutation %d: %v and %v", name, i, k, err)
		}
		if err == nil {
			reached++
		}
	}
	if slowest > 2*time.Second {
		t.Errorf("one took %v", slowest)
	}
	if reached == 0 {
		t.Error("no mutation left a key whole: they are all cut off early")
	}
}

// mutate changes one to three bytes, most often in the head where the
// parameters are, or cuts, doubles or drops a piece.
func mutate(r *rand.Rand, data []byte) []byte {
	data = append([]byte{}, data...)
	for range 1 + r.IntN(3) {
		at := r.IntN(len(data))
		if r.IntN(3) > 0 {
			at = r.IntN(min(len(data), 160))
		}
		switch r.IntN(8) {
		case 0:
			data = data[:at+1]
		case 1:
			data = append(data[:at:at], data[min(at+1+r.IntN(8), len(data)-1):]...)
		case 2:
			data = append(data[:at:at], append([]byte{data[at]}, data[at:]...)...)
		case 3:
			data[at] ^= 1 << r.IntN(8)
		default:
			data[at] = byte(r.IntN(256))
		}
	}
	return data
}
