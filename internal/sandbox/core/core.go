// Package core is what the sandbox's providers share: the clock, random
// values, granted tokens, sessions, replay caches, faults, request counters,
// JWS checks written independently of authctl's own, and the API resource.
// It knows no provider.
package core

import (
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"authctl/internal/shown"
)

// Options is what a Core is made of. Every member but ExpiresIn, Latency and Signers is required.
type Options struct {
	URL       string        // http://127.0.0.1:PORT, without a trailing slash
	Dir       string        // private folder for key files
	Faults    *Faults       // injected at token endpoints
	ExpiresIn time.Duration // lifetime of every access token; 0: each provider's own
	Latency   time.Duration // added to every request to a token endpoint
	Now       func() time.Time
	Rand      io.Reader
	Log       io.Writer
	Signers   []*x509.Certificate // of assertions, besides the sandbox's own
}

// Core is shared by the providers of one sandbox and safe for concurrent use.
type Core struct {
	URL      string
	Dir      string
	Faults   *Faults
	Counter  *Counter
	Tokens   *Tokens
	Sessions *Sessions
	Replay   *Replay
	Signers  []*x509.Certificate

	registered registered

	latency   time.Duration
	expiresIn atomic.Int64
	now       func() time.Time

	mu     sync.Mutex // guards what follows
	rand   io.Reader
	log    io.Writer
	nonces []*Nonces
}

// New makes the shared part of one sandbox.
func New(o Options) *Core {
	counter := NewCounter()
	c := &Core{
		URL: o.URL, Dir: o.Dir, Faults: o.Faults, latency: o.Latency,
		now: o.Now, rand: o.Rand, log: o.Log,
		Counter: counter, Tokens: NewTokens(), Sessions: NewSessions(counter.spentAgain), Replay: NewReplay(), Signers: o.Signers,
	}
	c.SetExpiresIn(o.ExpiresIn)
	return c
}

// Host is host:port of the sandbox.
func (c *Core) Host() string { return strings.TrimPrefix(c.URL, "http://") }

// Now is the servers' clock: the machine's, unless a clock fault moves it.
func (c *Core) Now() time.Time { return c.now().Add(c.Faults.Skew()) }

// SetExpiresIn changes the lifetime of access tokens granted from now on; 0 restores each provider's own.
func (c *Core) SetExpiresIn(d time.Duration) { c.expiresIn.Store(int64(d)) }

// Lifetime is how long an access token lives: what was asked for on demand, else the provider's own.
func (c *Core) Lifetime(own time.Duration) time.Duration {
	if d := time.Duration(c.expiresIn.Load()); d != 0 {
		return d
	}
	return own
}

// Overridden is true while a lifetime was asked for on demand.
func (c *Core) Overridden() bool { return c.expiresIn.Load() != 0 }

// Bytes are n random bytes.
func (c *Core) Bytes(n int) []byte {
	b := make([]byte, n)
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := io.ReadFull(c.rand, b); err != nil {
		panic("sandbox: no random bytes: " + err.Error())
	}
	return b
}

// Hex is n random bytes in lower-case hex.
func (c *Core) Hex(n int) string { return hex.EncodeToString(c.Bytes(n)) }

// UUID is a random UUID (RFC 9562 5.4).
func (c *Core) UUID() string {
	b := c.Bytes(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// Logf writes one line for the person who runs the sandbox. It is never given a secret or a token.
func (c *Core) Logf(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = shown.Fprintf(c.log, "sandbox: "+format+"\n", args...)
}

// Refused logs why a request was refused: some providers do not say it on the wire.
func (c *Core) Refused(r *http.Request, reason string) {
	c.Logf("%s %s refused: %s", r.Method, r.URL.Path, reason)
}
