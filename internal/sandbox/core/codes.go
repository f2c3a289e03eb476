package core

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"sync"
	"time"
)

// Login is one authorization request (RFC 6749 4.1.1), checked and waiting for a person.
type Login struct {
	Client      string
	RedirectURI string
	Scope       string
	State       string
	Nonce       string // OpenID Connect Core 3.1.2.1
	Challenge   string // RFC 7636, S256
	JKT         string // RFC 9449 10: the code is bound to this DPoP key; "" for none
	Asked       string // further scopes in a parameter of the provider's own
	Prompt      string // OpenID Connect Core 3.1.2.1
	Answer      func(l Login, code, refusal string) string
}

// Code is an authorization code's grant.
type Code struct {
	Login
	Session string // the session that its redemption starts
	At      time.Time

	until time.Time
	used  bool
}

// codeLife is how long a code may wait to be redeemed (RFC 6749 4.1.2: at most ten minutes).
const codeLife = time.Minute

// Why a code is not taken.
var (
	ErrNoCode   = errors.New("the code was not issued here, or has expired")
	ErrCodeUsed = errors.New("the code was redeemed before")
	ErrVerifier = errors.New("the code_verifier does not fit the code_challenge")
)

// Codes are the authorization codes of one server.
type Codes struct {
	mu    sync.Mutex
	known map[string]*Code
}

// NewCodes has given out none.
func NewCodes() *Codes { return &Codes{known: map[string]*Code{}} }

// Put remembers a code.
func (s *Codes) Put(code string, c Code) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.until = c.At.Add(codeLife)
	s.known[code] = &c
}

// Redeem takes a code once. On a second try the grant comes with ErrCodeUsed,
// so that its tokens can be revoked (RFC 6749 4.1.2).
func (s *Codes) Redeem(code, client string, now time.Time) (Code, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.known[code]
	switch {
	case !ok || c.Client != client || now.After(c.until):
		return Code{}, ErrNoCode
	case c.used:
		return *c, ErrCodeUsed
	}
	c.used = true
	return *c, nil
}

// ClientOf is whose code it is, "" when unknown.
func (s *Codes) ClientOf(code string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.known[code]; ok {
		return c.Client
	}
	return ""
}

// Verify checks the code_verifier: 43 to 128 unreserved characters (RFC 7636
// 4.1) whose SHA-256 is the challenge.
func (l Login) Verify(verifier string) error {
	sum := sha256.Sum256([]byte(verifier))
	got := base64.RawURLEncoding.EncodeToString(sum[:])
	if !IsVerifier(verifier) || subtle.ConstantTimeCompare([]byte(got), []byte(l.Challenge)) != 1 {
		return ErrVerifier
	}
	return nil
}

// IsVerifier is the syntax of a code_verifier; an S256 code_challenge has it too, at 43 characters.
func IsVerifier(s string) bool {
	if len(s) < 43 || len(s) > 128 {
		return false
	}
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~':
		default:
			return false
		}
	}
	return true
}
