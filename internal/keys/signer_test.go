package keys

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"errors"
	"math/big"
	"testing"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

// TestASignerIsVerified: what a program returns is a signature by the public
// key over exactly this, or an error.
func TestASignerIsVerified(t *testing.T) {
	for _, alg := range []string{"RS256", "RS512", "PS256", "PS384", "ES256", "ES384", "EdDSA"} {
		private, err := Generate(alg, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		other, err := Generate(alg, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		var opts crypto.SignerOpts = map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}[alg[2:]]
		digest := []byte("a message")
		message := digest
		if opts.HashFunc() != 0 {
			h := opts.HashFunc().New()
			h.Write(digest)
			digest = h.Sum(nil)
		}
		if alg[:2] == "PS" {
			opts = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: opts.HashFunc()}
		}
		good, err := private.Signer.Sign(rand.Reader, digest, opts)
		if err != nil {
			t.Fatal(err)
		}
		foreign, err := other.Signer.Sign(rand.Reader, digest, opts)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			says []byte
			ok   bool
		}{
			"good":           {good, true},
			"r||s":           {rawECDSA(t, private, good), true},
			"nothing":        {nil, false},
			"zeros":          {make([]byte, len(good)), false},
			"too much":       {append(append([]byte{}, good...), '\n'), false},
			"another's":      {foreign, false},
			"64 zero bytes":  {make([]byte, 64), false},
			"half of itself": {good[:len(good)/2], false},
		} {
			t.Run(alg+" "+name, func(t *testing.T) {
				var told secret.ToSign
				key, err := (&Key{Public: private.Public}).SignedBy(t.Context(), func(_ context.Context, what secret.ToSign) ([]byte, error) {
					told = what
					return c.says, nil
				})
				if err != nil {
					t.Fatal(err)
				}
				_, err = crypto.SignMessage(key.Signer, nil, message, opts)
				if c.ok != (err == nil) || !c.ok && fault.KindOf(err) != fault.Config {
					t.Errorf("%v", err)
				}
				if told.Alg != alg || string(told.Digest) != string(digest) || string(told.Message) != string(message) {
					t.Errorf("told %q", told)
				}
			})
		}
	}
}

func rawECDSA(t *testing.T, k *Key, sig []byte) []byte {
	t.Helper()
	pub, ok := k.Public.(*ecdsa.PublicKey)
	if !ok {
		return sig
	}
	var s struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(sig, &s); err != nil {
		t.Fatal(err)
	}
	out := make([]byte, 2*((pub.Curve.Params().BitSize+7)/8))
	s.R.FillBytes(out[:len(out)/2])
	s.S.FillBytes(out[len(out)/2:])
	return out
}

// A signer that takes too long is told apart from one that fails.
func TestASignerThatIsLate(t *testing.T) {
	private, err := Generate("ES256", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := (&Key{Public: private.Public}).SignedBy(t.Context(), func(ctx context.Context, _ secret.ToSign) ([]byte, error) {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = crypto.SignMessage(key.Within(1, "too long").Signer, nil, make([]byte, 32), crypto.SHA256)
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Network {
		t.Errorf("%v", err)
	}
	if _, err := private.SignedBy(t.Context(), nil); err == nil {
		t.Error("a private key is no public half")
	}
}
