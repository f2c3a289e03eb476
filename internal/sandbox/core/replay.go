package core

import (
	"sync"
	"time"
)

// Replay remembers the ids of single-use objects (jti, codes) until they expire.
type Replay struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

// NewReplay has seen nothing.
func NewReplay() *Replay { return &Replay{seen: map[string]time.Time{}} }

// First is true the first time an id is met within scope.
func (p *Replay) First(scope, id string, now, until time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for key, end := range p.seen {
		if now.After(end) {
			delete(p.seen, key)
		}
	}
	key := scope + "\x00" + id
	if _, again := p.seen[key]; again {
		return false
	}
	p.seen[key] = until
	return true
}
