package pbe

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
)

// The vectors of RFC 2268 5 whose effective bits are all the bits of the key.
func TestRC2(t *testing.T) {
	for _, c := range []struct{ key, plain, cipher string }{
		{"ffffffffffffffff", "ffffffffffffffff", "278b27e42e2f0d49"},
		{"3000000000000000", "1000000000000001", "30649edf9be7d2c2"},
		{"88bca90e90875a7f0f79c384627bafb2", "0000000000000000", "2269552ab0f85ca6"},
	} {
		got := make([]byte, 8)
		expandRC2(unhex(t, c.key)).decrypt(got, unhex(t, c.cipher))
		if !bytes.Equal(got, unhex(t, c.plain)) {
			t.Errorf("%s: %x, want %s", c.key, got, c.plain)
		}
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Padding that is not whole is a wrong passphrase, never what is left of the data.
func TestUnpad(t *testing.T) {
	for name, c := range map[string]struct {
		plain string
		want  int // -1: refused
	}{
		"one":        {"AAAAAAA\x01", 7},
		"all":        {"\x08\x08\x08\x08\x08\x08\x08\x08", 0},
		"none":       {"AAAAAAA\x00", -1},
		"too long":   {"\x09\x09\x09\x09\x09\x09\x09\x09", -1},
		"not whole":  {"AAAAAA\x01\x02", -1},
		"any letter": {"AAAAAAAA", -1},
	} {
		got, err := unpad([]byte(c.plain), 8)
		if c.want < 0 && !errors.Is(err, ErrPassphrase) || c.want >= 0 && (err != nil || len(got) != c.want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// One file has one budget, whatever its parts ask for.
func TestBudget(t *testing.T) {
	b := NewBudget()
	if b.spend(maxIterations-1) != nil || b.spend(1) != nil || !errors.Is(b.spend(1), ErrWork) {
		t.Error("more was spent than there is, or less")
	}
}
