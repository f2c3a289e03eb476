package curl

import (
	"io"
	"sync"
)

// maxHeld is the largest body of a 401 that is kept back. A larger one is
// passed on as it comes, and the request is not repeated.
const maxHeld = 1 << 20

// gate keeps the beginning of curl's output back until the status is known.
// Then it is open and holds nothing, however much flows through.
type gate struct {
	out, errs io.Writer
	dump      io.Writer // the user's -D, nil for none
	dropFrom  int       // from this status on the body is dropped, as -f does; 0: never
	// mayHold says whether an answer with this head could be thrown away.
	mayHold func(answer) bool

	mu                       sync.Mutex
	open, drop               bool
	held, heldErr, heldHeads []byte
	failed                   error // the first failed write to out
}

// writer of one of curl's streams.
type gateWriter struct {
	g    *gate
	to   func(g *gate) io.Writer
	hold func(g *gate) *[]byte
}

func (g *gate) stdout() io.Writer {
	return gateWriter{g, func(g *gate) io.Writer { return g.out }, func(g *gate) *[]byte { return &g.held }}
}

func (g *gate) stderr() io.Writer {
	return gateWriter{g, func(g *gate) io.Writer { return g.errs }, func(g *gate) *[]byte { return &g.heldErr }}
}

// Write implements io.Writer.
func (w gateWriter) Write(p []byte) (int, error) {
	w.g.mu.Lock()
	defer w.g.mu.Unlock()
	hold := w.hold(w.g)
	isBody := hold == &w.g.held
	if !w.g.open && len(*hold)+len(p) <= maxHeld {
		*hold = append(*hold, p...)
		return len(p), nil
	}
	w.g.release()
	if isBody && w.g.drop {
		return len(p), nil
	}
	n, err := w.to(w.g).Write(p)
	if isBody && err != nil && w.g.failed == nil {
		w.g.failed = err
	}
	return n, err
}

// head takes a line of a response's head for the user's -D.
func (g *gate) head(line []byte) {
	if g.dump == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.open {
		g.heldHeads = append(g.heldHeads, line...)
		return
	}
	_, _ = g.dump.Write(line)
}

// decide opens the gate unless the answer could be thrown away.
func (g *gate) decide(a answer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open {
		return
	}
	g.drop = g.dropFrom > 0 && a.status >= g.dropFrom
	if !g.mayHold(a) {
		g.release()
	}
}

// finish prints what is still held back.
func (g *gate) finish() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.release()
	return g.failed
}

// release needs the lock.
func (g *gate) release() {
	if g.open {
		return
	}
	g.open = true
	if g.dump != nil {
		_, _ = g.dump.Write(g.heldHeads)
	}
	if !g.drop && len(g.held) > 0 {
		_, g.failed = g.out.Write(g.held)
	}
	if len(g.heldErr) > 0 {
		_, _ = g.errs.Write(g.heldErr)
	}
	g.held, g.heldErr, g.heldHeads = nil, nil, nil
}

// kept is the body that was held back, false when it was passed on.
func (g *gate) kept() ([]byte, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.held, !g.open
}
