package keys

import (
	"os"
	"path/filepath"
	"testing"
)

func addSeeds(f *testing.F, seeds ...[]byte) {
	f.Helper()
	for i, s := range seeds {
		if len(s) == 0 {
			f.Fatalf("seed %d is empty", i)
		}
		f.Add(s)
	}
}

// FuzzLoad: no file makes the loader fall over, and a key that was loaded has
// the same kid when its public half is written and read again.
func FuzzLoad(f *testing.F) {
	var seeds [][]byte
	for _, s := range forms(f) {
		seeds = append(seeds, s)
	}
	made, err := os.ReadDir(filepath.Join("testdata", "made"))
	if err != nil || len(made) < 20 {
		f.Fatalf("%d files in testdata/made, %v", len(made), err)
	}
	for _, e := range made {
		seeds = append(seeds, file(f, "made/"+e.Name()))
	}
	addSeeds(f, seeds...)
	f.Fuzz(func(t *testing.T, data []byte) { roundTrip(t, data) })
}

// FuzzJWKString: JWKs inside strings inside strings, percent-encoded or not.
func FuzzJWKString(f *testing.F) {
	addSeeds(
		f, []byte(jwkA), mustJSON(f, jwkA), mustJSON(f, string(mustJSON(f, jwkB))), []byte("%7B%22kty%22%3A%22oct%22%2C%22k%22%3A%22AQAB%22%7D"),
		[]byte(`{\u0022kty\u0022:\u0022oct\u0022,\u0022k\u0022:\u0022AQAB\u0022}`), []byte(`"%7B"`), []byte(`"\ud800"`),
	)
	f.Fuzz(func(t *testing.T, data []byte) {
		inner, err := Unwrap(data)
		if err == nil {
			roundTrip(t, inner)
		}
	})
}

func roundTrip(t *testing.T, data []byte) {
	t.Helper()
	// No passphrase: the fuzzer would find key derivations of minutes.
	k, err := Load(data, Options{})
	if err != nil || k.Public == nil {
		return
	}
	pem, err := k.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	want, err := k.SPKISHA256()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Load(pem, Options{})
	if err != nil {
		t.Fatalf("its own PEM is refused: %v", err)
	}
	if got, _ := again.SPKISHA256(); got != want {
		t.Errorf("kid %s became %s", want, got)
	}
}

// FuzzJWKS: what a server may answer.
func FuzzJWKS(f *testing.F) {
	addSeeds(f, set(jwkA, jwkB), set(), set(`{"kty":"RSA","n":"AQAB","e":"AQAB"}`, `1`, `null`), []byte(`{"keys":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		keys, err := ParseJWKS(data)
		if (err == nil) != (len(keys) > 0) || len(keys) > MaxKeys {
			t.Errorf("%d keys, %v", len(keys), err)
		}
		for _, k := range keys {
			if k.Public == nil && len(k.Oct) == 0 {
				t.Error("a key without a key")
			}
		}
	})
}
