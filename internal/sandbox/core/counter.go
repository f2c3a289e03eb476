package core

import (
	"net/http"
	"sync"
)

// Counter counts requests, so that a script can show how often a server was asked.
type Counter struct {
	mu      sync.Mutex
	total   int
	paths   map[string]int
	tokens  map[string]int
	granted map[string]int
	reused  map[string]int
	steps   map[string]int
}

// Counts is what GET /_sandbox/requests answers.
type Counts struct {
	Total         int            `json:"total"`
	Paths         map[string]int `json:"paths"`          // by path
	TokenRequests map[string]int `json:"token_requests"` // by profile family, at token endpoints
	Granted       map[string]int `json:"granted"`        // of these, answered with a token
	Reused        map[string]int `json:"reused"`         // of these, with a refresh token that was spent before
	Steps         map[string]int `json:"steps"`          // what a provider did, by its own words
}

// NewCounter starts at zero.
func NewCounter() *Counter {
	c := &Counter{}
	c.Reset()
	return c
}

// Reset sets every count to zero.
func (c *Counter) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total, c.paths, c.tokens, c.granted, c.reused = 0, map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	c.steps = map[string]int{}
}

// Counts is a copy of the counts.
func (c *Counter) Counts() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Counts{c.total, clone(c.paths), clone(c.tokens), clone(c.granted), clone(c.reused), clone(c.steps)}
}

// Wrap counts each request before next sees it.
func (c *Counter) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		c.total++
		c.paths[r.URL.Path]++
		c.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

func (c *Counter) asked(provider string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tokens[provider]++
}

func (c *Counter) gave(provider string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.granted[provider]++
}

func (c *Counter) spentAgain(provider string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reused[provider]++
}

// Step counts one thing that a provider did, such as an assertion issued.
func (c *Counter) Step(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.steps[what]++
}

func clone(m map[string]int) map[string]int {
	out := make(map[string]int, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}
