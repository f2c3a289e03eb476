package keys

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/asn1"
	"errors"
	"io"
	"math/big"
	"slices"
	"strings"
	"time"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

// Program signs with a private key that is elsewhere.
type Program func(ctx context.Context, what secret.ToSign) ([]byte, error)

// SignedBy is the public key k with a program that has its private half.
func (k *Key) SignedBy(ctx context.Context, run Program) (*Key, error) {
	switch {
	case k.Public == nil:
		return nil, errNoPublic
	case k.Signer != nil:
		return nil, errors.New("it holds the private key, and a signer keeps that to itself")
	}
	own := *k
	own.Signer = &program{ctx, run, k.Public, 0, ""}
	if slices.Contains(k.KeyOps, "verify") { // RFC 7517 4.3: what its private half signs, it verifies
		own.KeyOps = nil
	}
	return &own, nil
}

// HasProgram is true for a key that a program signs with.
func (k *Key) HasProgram() bool { return IsProgram(k.Signer) }

// IsProgram is true for a Signer of SignedBy.
func IsProgram(signer crypto.PrivateKey) bool {
	_, ok := signer.(*program)
	return ok
}

// Within is k, whose program, if it has one, must have signed in that time: why says what for.
func (k *Key) Within(limit time.Duration, why string) *Key {
	p, ok := k.Signer.(*program)
	if !ok {
		return k
	}
	own, signer := *k, *p
	signer.limit, signer.why = limit, why
	own.Signer = &signer
	return &own
}

// During is k, whose program, if it has one, runs as long as ctx does.
func (k *Key) During(ctx context.Context) *Key {
	p, ok := k.Signer.(*program)
	if !ok {
		return k
	}
	own, signer := *k, *p
	signer.ctx = ctx
	own.Signer = &signer
	return &own
}

// Until is signer, whose program, if it has one, runs until ctx ends.
func Until(ctx context.Context, signer crypto.Signer) crypto.Signer {
	p, ok := signer.(*program)
	if !ok {
		return signer
	}
	own := *p
	own.ctx = ctx
	return &own
}

// ForHandshake is a signer of TLS whose program, if it has one, runs until ctx
// ends and limit is over. failed is told why a program did not sign, which
// crypto/tls keeps as text alone.
func ForHandshake(ctx context.Context, signer crypto.PrivateKey, limit time.Duration, failed func(error)) crypto.PrivateKey {
	p, ok := signer.(*program)
	if !ok {
		return signer
	}
	own := *p
	own.ctx, own.limit, own.why = ctx, limit, "and a server waits no longer for a TLS handshake"
	return &told{&own, failed}
}

// told is a program whose failures somebody is told.
type told struct {
	*program
	failed func(error)
}

func (t *told) SignMessage(rand io.Reader, message []byte, opts crypto.SignerOpts) ([]byte, error) {
	sig, err := t.program.SignMessage(rand, message, opts)
	if err != nil {
		t.failed(err)
	}
	return sig, err
}

// program is a crypto.Signer whose private key is elsewhere.
type program struct {
	ctx    context.Context //nolint:containedctx // crypto.Signer has no other way to one
	run    Program
	public crypto.PublicKey
	limit  time.Duration // 0: the program's own
	why    string        // of limit
}

func (p *program) Public() crypto.PublicKey { return p.public }

// Sign is for EdDSA, which has no digest, and else refused: some signers want the message.
func (p *program) Sign(rand io.Reader, message []byte, opts crypto.SignerOpts) ([]byte, error) {
	if opts.HashFunc() != 0 {
		return nil, errors.New("the signer wants the message, not its digest")
	}
	return p.SignMessage(rand, message, opts)
}

// SignMessage (crypto.MessageSigner) returns a signature only when the public
// key verifies it: what a broken program says never reaches a server.
func (p *program) SignMessage(_ io.Reader, message []byte, opts crypto.SignerOpts) ([]byte, error) {
	ctx := p.ctx
	if p.limit > 0 {
		late := fault.New(fault.Network, "the signer took more than %s, %s", p.limit, p.why).
			Hint("run it by itself: does it wait for a PIN or for a device?")
		limited, cancel := context.WithTimeoutCause(ctx, p.limit, late)
		defer cancel()
		ctx = limited
	}
	what := secret.ToSign{Message: message, Digest: message}
	what.Alg, what.Hash = p.alg(opts)
	if hash := opts.HashFunc(); hash != 0 {
		h := hash.New()
		_, _ = h.Write(message) // a hash takes all
		what.Digest = h.Sum(nil)
	}
	sig, err := p.run(ctx, what)
	if err != nil {
		return nil, err
	}
	if sig, ok := p.verified(what.Digest, sig, opts); ok {
		return sig, nil
	}
	return nil, fault.New(fault.Config, "the signer's %d bytes are no %s signature by the key of public:, so nothing was sent", len(sig), what.Alg).
		Hint("it gets the digest (EdDSA: the message) on stdin and writes the raw signature, nothing else; does public: belong to its key?")
}

// alg is the JWS algorithm (RFC 7518 3.1) and the hash, "" for EdDSA.
func (p *program) alg(opts crypto.SignerOpts) (alg, hash string) {
	if opts.HashFunc() == 0 {
		return "EdDSA", ""
	}
	hash = strings.ReplaceAll(opts.HashFunc().String(), "-", "") // SHA256
	family := "RS"
	if _, pss := opts.(*rsa.PSSOptions); pss {
		family = "PS"
	} else if _, ec := p.public.(*ecdsa.PublicKey); ec {
		family = "ES"
	}
	return family + hash[3:], hash
}

// verified gives the signature as crypto.Signer does: that of ECDSA as DER.
func (p *program) verified(digest, sig []byte, opts crypto.SignerOpts) ([]byte, bool) {
	switch pub := p.public.(type) {
	case *rsa.PublicKey:
		if pss, ok := opts.(*rsa.PSSOptions); ok { // RFC 7518 3.5: the salt is as long as the hash
			return sig, rsa.VerifyPSS(pub, pss.Hash, digest, sig, pss) == nil
		}
		return sig, rsa.VerifyPKCS1v15(pub, opts.HashFunc(), digest, sig) == nil
	case *ecdsa.PublicKey:
		if ecdsa.VerifyASN1(pub, digest, sig) {
			return sig, true
		}
		half := (pub.Curve.Params().BitSize + 7) / 8
		if len(sig) != 2*half { // r||s (RFC 7518 3.4)
			return sig, false
		}
		der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(sig[:half]), new(big.Int).SetBytes(sig[half:])})
		return der, err == nil && ecdsa.VerifyASN1(pub, digest, der)
	case ed25519.PublicKey:
		return sig, ed25519.Verify(pub, digest, sig)
	}
	return sig, false
}
