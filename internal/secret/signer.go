package secret

import "context"

// ToSign is what a signer is asked to sign.
type ToSign struct {
	Alg     string // RFC 7518 3.1, RFC 8037 3.1
	Hash    string // SHA256, SHA384 or SHA512; "" for EdDSA
	Message []byte
	Digest  []byte // of Message; EdDSA: the message itself
}

// Signer signs with what a Signs reference points to. A Resolver that can has
// this too; Resolve gives the public half of such a reference.
type Signer interface {
	// Sign returns the raw signature, which nobody has verified; that of ECDSA is DER or r||s.
	Sign(ctx context.Context, ref Ref, what ToSign) ([]byte, error)
}
