package core

import (
	"crypto"
	"sync"
)

// registered are public keys of clients, beside those they began with, by client and kid.
type registered struct {
	mu   sync.Mutex
	keys map[[2]string]crypto.PublicKey
}

// Register adds a client's key, or replaces the one of that kid.
func (c *Core) Register(client, kid string, key crypto.PublicKey) {
	c.registered.mu.Lock()
	defer c.registered.mu.Unlock()
	if c.registered.keys == nil {
		c.registered.keys = map[[2]string]crypto.PublicKey{}
	}
	c.registered.keys[[2]string{client, kid}] = key
}

// KeyOf is the key that a may be signed with, and its kid: one that the client
// registered under the kid a names, else the one it began with.
func (c *Core) KeyOf(client string, a *Assertion, ownKid string, own crypto.PublicKey) (string, crypto.PublicKey) {
	c.registered.mu.Lock()
	defer c.registered.mu.Unlock()
	if key, ok := c.registered.keys[[2]string{client, a.Kid()}]; ok {
		return a.Kid(), key
	}
	return ownKid, own
}
