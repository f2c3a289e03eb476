package core

import (
	"errors"
	"sync"
	"time"
)

// Access is one granted access token, as its server remembers it.
type Access struct {
	Provider  string
	Client    string
	Subject   string
	Scope     string
	Expires   time.Time
	SingleUse bool           // good for one API call
	JKT       string         // RFC 9449 6: thumbprint of the key it is bound to, "" for a bearer token
	Session   string         // the session it belongs to, "" for none
	Claims    map[string]any // what /api/me shows

	used, revoked bool
}

// Why a resource server does not take a call.
var (
	ErrNoBearer = errors.New("missing bearer token")
	ErrUnknown  = errors.New("the token was not issued here")
	ErrExpired  = errors.New("the token has expired")
	ErrRevoked  = errors.New("the token was revoked")
	ErrUsed     = errors.New("the token was good for one call and has been used")
)

// Tokens remembers every access token granted.
type Tokens struct {
	mu    sync.Mutex
	known map[string]*Access
}

// NewTokens remembers nothing yet.
func NewTokens() *Tokens { return &Tokens{known: map[string]*Access{}} }

// Put remembers a granted token.
func (t *Tokens) Put(token string, a Access) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.known[token] = &a
}

// Use spends one API call of a token. Its error is one of those above but ErrNoBearer.
func (t *Tokens) Use(provider, token string, now time.Time) (Access, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, ok := t.known[token]
	switch {
	case !ok || a.Provider != provider:
		return Access{}, ErrUnknown
	case a.revoked:
		return Access{}, ErrRevoked
	case !now.Before(a.Expires):
		return Access{}, ErrExpired
	case a.SingleUse && a.used:
		return Access{}, ErrUsed
	}
	a.used = true
	return *a, nil
}

// Look finds a token without spending a call.
func (t *Tokens) Look(provider, token string) (Access, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, ok := t.known[token]
	if !ok || a.Provider != provider {
		return Access{}, false
	}
	return *a, true
}

// Revoke ends one token; an unknown one is no error (RFC 7009 2.2).
func (t *Tokens) Revoke(provider, token string) {
	t.revoke(func(known string, a *Access) bool { return known == token && a.Provider == provider })
}

// RevokeSession ends every token of a session.
func (t *Tokens) RevokeSession(session string) {
	t.revoke(func(_ string, a *Access) bool { return session != "" && a.Session == session })
}

// RevokeAll ends every token of a provider, or of all when provider is "", and says how many there were.
func (t *Tokens) RevokeAll(provider string) int {
	return t.revoke(func(_ string, a *Access) bool { return provider == "" || a.Provider == provider })
}

func (t *Tokens) revoke(which func(string, *Access) bool) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for token, a := range t.known {
		if which(token, a) && !a.revoked {
			a.revoked = true
			n++
		}
	}
	return n
}
