package store

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"
)

func TestSealBindsEverything(t *testing.T) {
	key, other := bytes.Repeat([]byte{1}, KeySize), bytes.Repeat([]byte{2}, KeySize)
	sealed, err := seal(key, "a1", header{profile: "p", generation: 7}, []byte("body"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h, body, err := open(key, "a1", sealed)
	if err != nil || string(body) != "body" || h.profile != "p" || h.generation != 7 {
		t.Fatalf("%+v %q %v", h, body, err)
	}
	if _, _, err := open(other, "a1", sealed); !errors.Is(err, errForeign) {
		t.Errorf("another sealing key: %v", err)
	}
	if _, _, err := open(key, "b2", sealed); !errors.Is(err, errDamaged) {
		t.Errorf("another record's name: %v", err)
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 0x80
		if _, _, err := open(key, "a1", bad); err == nil {
			t.Errorf("byte %d is not covered", i)
		}
		if _, _, err := open(key, "a1", sealed[:i]); err == nil {
			t.Errorf("cut at %d", i)
		}
	}
	again, _ := seal(key, "a1", header{profile: "p", generation: 7}, []byte("body"), rand.Reader)
	if bytes.Equal(again, sealed) {
		t.Error("a nonce was used twice")
	}
}

// The name in the clear is for those who have no key; it must be the record's own.
func TestARecordOfAnotherProfileIsDamaged(t *testing.T) {
	key := bytes.Repeat([]byte{1}, KeySize)
	body, err := encode(Record{Profile: "p"})
	if err != nil {
		t.Fatal(err)
	}
	for profile, want := range map[string]error{"p": nil, "q": errDamaged} {
		sealed, err := seal(key, "a1", header{profile: profile}, body, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := unseal(key, "a1", sealed); !errors.Is(err, want) {
			t.Errorf("header of %s: %v", profile, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	key := bytes.Repeat([]byte{1}, KeySize)
	body, err := encode(Record{Profile: "p", Aux: map[string]string{"a": "b"}})
	if err != nil {
		f.Fatal(err)
	}
	good, err := seal(key, "a1", header{profile: "p", generation: 1}, body, rand.Reader)
	if err != nil || len(good) == 0 {
		f.Fatal("no seed", err)
	}
	f.Add(good)
	f.Add([]byte(nil))
	f.Add([]byte(magic))
	f.Add(bytes.Repeat([]byte{0xff}, 64))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := unseal(key, "a1", b)
		if err == nil && !bytes.Equal(b, good) && r.Profile != "p" {
			t.Error("a forged record opened")
		}
	})
}

func FuzzDecode(f *testing.F) {
	seed, err := encode(Record{Profile: "p", Pending: []byte("x"), Aux: map[string]string{"a": "b"}})
	if err != nil || len(seed) == 0 {
		f.Fatal("no seed", err)
	}
	f.Add(seed)
	f.Add([]byte(`{"e":"not a time"}`))
	f.Add([]byte(`{"x":{"a":null}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decode(b)
		if err != nil {
			return
		}
		again, err := encode(r)
		if err != nil {
			return // a year JSON cannot spell
		}
		if _, err := decode(again); err != nil {
			t.Errorf("what was decoded does not come back: %v", err)
		}
	})
}
