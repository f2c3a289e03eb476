package fakes

import (
	"net/http"
	"sync"
)

// server is what the fakes of engines have alike: tokens, a count, and a word in between.
type server struct {
	// Instead may answer a request itself, and is true where it did; set it before requests.
	Instead func(w http.ResponseWriter, r *http.Request) bool

	mu     *sync.Mutex
	tokens map[string][]string // and what each may not do
	writes int
}

// accepting has one token, which may all.
func accepting(token string) server {
	return server{mu: &sync.Mutex{}, tokens: map[string][]string{token: nil}}
}

func (s *server) instead() func(http.ResponseWriter, *http.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Instead
}

// Answer sets Instead while requests come.
func (s *server) Answer(f func(w http.ResponseWriter, r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Instead = f
}

// Allow makes a token that may all but what is denied.
func (s *server) Allow(token string, denied ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[token] = append([]string{}, denied...)
}

// Revoke ends a token.
func (s *server) Revoke(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, token)
}

// Writes is how many were carried out.
func (s *server) Writes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writes
}
