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
)

// Program runs what holds a private key: message on its stdin, environ beside
// its environment; its stdout is the signature.
type Program func(ctx context.Context, environ []string, message []byte) ([]byte, error)

// SignedBy is the public key k with a program that has its private half.
func (k *Key) SignedBy(ctx context.Context, run Program) (*Key, error) {
	switch {
	case k.Public == nil:
		return nil, errNoPublic
	case k.Signer != nil:
		return nil, errors.New("it holds the private key, and a signer keeps that to itself")
	}
	own := *k
	own.Signer = &program{ctx, run, k.Public, 0}
	if slices.Contains(k.KeyOps, "verify") { // RFC 7517 4.3: what its private half signs, it verifies
		own.KeyOps = nil
	}
	return &own, nil
}

// HasProgram is true for a key that a program signs with.
func (k *Key) HasProgram() bool {
	_, ok := k.Signer.(*program)
	return ok
}

// Within is k, whose program, if it has one, must have signed in that time.
func (k *Key) Within(limit time.Duration) *Key {
	p, ok := k.Signer.(*program)
	if !ok {
		return k
	}
	own, signer := *k, *p
	signer.limit = limit
	own.Signer = &signer
	return &own
}

// program is a crypto.Signer whose private key is elsewhere.
type program struct {
	ctx    context.Context //nolint:containedctx // crypto.Signer has no other way to one
	run    Program
	public crypto.PublicKey
	limit  time.Duration // 0: the program's own
}

func (p *program) Public() crypto.PublicKey { return p.public }

// Sign returns a signature only when the public key verifies it: what a broken
// program says never reaches a server.
func (p *program) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	ctx := p.ctx
	if p.limit > 0 {
		late := fault.New(fault.Network, "the signer took more than %s, half of what the signed may be used for, so it is not sent", p.limit).
			Hint("run it by itself: does it wait for a PIN or for a device? else raise the lifetime")
		limited, cancel := context.WithTimeoutCause(ctx, p.limit, late)
		defer cancel()
		ctx = limited
	}
	alg, hash := p.alg(opts)
	sig, err := p.run(ctx, []string{"AUTHCTL_SIGN_ALG=" + alg, "AUTHCTL_SIGN_HASH=" + hash}, digest)
	if err != nil {
		return nil, err
	}
	if sig, ok := p.verified(digest, sig, opts); ok {
		return sig, nil
	}
	return nil, fault.New(fault.Config, "the signer's %d bytes are no %s signature by the key of public:, so nothing was sent", len(sig), alg).
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
