package login

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"

	"authctl/internal/secret"
)

// verifierBytes gives 64 characters; RFC 7636 4.1 asks for 43 to 128.
const verifierBytes = 48

// tokenBytes is the entropy of state and nonce, 256 bits each.
const tokenBytes = 32

// shortBytes is the entropy of a path that nobody may guess: the address behind it
// holds state.
const shortBytes = 16

// randoms are the values that tie one answer to one request.
type randoms struct {
	state    string
	nonce    string
	short    string // the path of the short address
	verifier secret.Text
}

func newRandoms(r io.Reader) (randoms, error) {
	buf := make([]byte, 2*tokenBytes+verifierBytes+shortBytes)
	if _, err := io.ReadFull(r, buf); err != nil {
		return randoms{}, fmt.Errorf("reading random bytes: %w", err)
	}
	enc := base64.RawURLEncoding.EncodeToString
	return randoms{
		state:    enc(buf[:tokenBytes]),
		nonce:    enc(buf[tokenBytes : 2*tokenBytes]),
		verifier: secret.New(enc(buf[2*tokenBytes : 2*tokenBytes+verifierBytes])),
		short:    enc(buf[2*tokenBytes+verifierBytes:]),
	}, nil
}

// NewVerifier is a code_verifier (RFC 7636 4.1) of random bytes from r.
func NewVerifier(r io.Reader) (secret.Text, error) {
	buf := make([]byte, verifierBytes)
	if _, err := io.ReadFull(r, buf); err != nil {
		return secret.Text{}, fmt.Errorf("reading random bytes: %w", err)
	}
	return secret.New(base64.RawURLEncoding.EncodeToString(buf)), nil
}

// Challenge is the S256 code_challenge (RFC 7636 4.2). There is no "plain" here.
func Challenge(verifier secret.Text) string {
	sum := sha256.Sum256([]byte(verifier.Reveal()))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
