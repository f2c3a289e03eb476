package core

import (
	"errors"
	"strings"
	"sync"
	"time"
)

// Session is what refresh tokens continue: one login or one exchange.
type Session struct {
	ID       string
	Provider string
	Client   string
	Subject  string
	Scope    string
	JKT      string
	Claims   map[string]any
	Started  time.Time
	Idle     time.Duration // ends after this long without a refresh; 0: never
	Max      time.Duration // ends this long after Started; 0: never

	last    time.Time
	current string // the refresh token spent last
	ended   bool
}

// Why a refresh token is not taken.
var (
	ErrNoRefresh    = errors.New("the refresh token was not issued here")
	ErrOtherClient  = errors.New("the refresh token belongs to another client")
	ErrSessionOver  = errors.New("the session has ended")
	ErrIdle         = errors.New("the session was idle too long or has reached its end")
	ErrReused       = errors.New("the refresh token was spent before")
	ErrReusedAtOnce = errors.New("the refresh token was spent by the last refresh")
)

// Sessions remembers sessions and their one-time refresh tokens.
type Sessions struct {
	mu     sync.Mutex
	tokens map[string]*refresh
	again  func(provider string) // is told of a refresh token that was spent before
}

type refresh struct {
	session *Session
	spent   bool
}

// NewSessions remembers nothing yet.
func NewSessions(again func(provider string)) *Sessions {
	return &Sessions{tokens: map[string]*refresh{}, again: again}
}

// Issue remembers a new refresh token of s.
func (s *Sessions) Issue(token string, of *Session, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	of.last = now
	s.tokens[token] = &refresh{session: of}
}

// Spend takes a one-time refresh token. Spending one twice ends its whole
// session (RFC 9700 4.14.2), because either party may be the thief.
func (s *Sessions) Spend(provider, client, token string, now time.Time) (*Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tokens[token]
	if !ok || t.session.Provider != provider {
		return nil, ErrNoRefresh
	}
	of := t.session
	if t.spent {
		s.again(provider)
	}
	switch {
	case of.Client != client:
		return of, ErrOtherClient
	case of.ended:
		return of, ErrSessionOver
	case of.Idle > 0 && !now.Before(of.last.Add(of.Idle)), of.Max > 0 && !now.Before(of.Started.Add(of.Max)):
		return of, ErrIdle
	case t.spent:
		of.ended = true
		if of.current == token {
			return of, ErrReusedAtOnce
		}
		return of, ErrReused
	}
	t.spent, of.current, of.last = true, token, now
	return of, nil
}

// Left is how long a refresh token issued now will be good for: what remains of idle and of the session.
func (of *Session) Left(now time.Time) time.Duration {
	left := of.Idle
	if of.Max > 0 {
		left = min(left, of.Started.Add(of.Max).Sub(now))
	}
	return left
}

// Renewed is true once a refresh token of the session was spent.
func (of *Session) Renewed() bool { return of.current != "" }

// For is the session as a token of fewer scopes sees it (RFC 6749 6): only what
// was granted at its start may be asked for. asked "" is all of it.
func (of *Session) For(asked string) (narrower *Session, ok bool) {
	seen := *of
	if asked == "" {
		return &seen, true
	}
	granted := strings.Fields(of.Scope)
	for _, scope := range strings.Fields(asked) {
		if !contains(granted, scope) {
			return nil, false
		}
	}
	seen.Scope = asked
	return &seen, true
}

// Unspend gives back the refresh token spent last: a server that does not rotate.
func (s *Sessions) Unspend(of *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.tokens[of.current]; ok {
		t.spent = false
	}
}

// Find is the session of a refresh token of that provider, or nil.
func (s *Sessions) Find(provider, token string) *Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tokens[token]
	if !ok || t.session.Provider != provider {
		return nil
	}
	return t.session
}

// End ends the session: none of its refresh tokens is taken any more.
func (s *Sessions) End(of *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	of.ended = true
}

// EndID ends the session of that id.
func (s *Sessions) EndID(provider, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tokens {
		if t.session.Provider == provider && t.session.ID == id {
			t.session.ended = true
		}
	}
}

// EndAll ends every session of a provider, or of all when provider is "".
func (s *Sessions) EndAll(provider string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tokens {
		if provider == "" || t.session.Provider == provider {
			t.session.ended = true
		}
	}
}
