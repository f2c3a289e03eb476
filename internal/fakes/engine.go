package fakes

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"authctl/internal/engine"
)

// Engine is one in this process, which any number of machines share.
type Engine struct {
	Now func() time.Time // its own clock; nil: this machine's
	// Before and After see each "read NAME", "swap NAME" and "list": an error of
	// Before keeps it from being done, one of After loses its answer.
	Before, After func(op string) error
	NoAge         bool // it cannot say how old a version is

	mu     sync.Mutex
	cells  map[string]cell
	writes int
}

type cell struct {
	b       []byte
	v       int
	written time.Time
}

func (e *Engine) now() time.Time {
	if e.Now == nil {
		return time.Now()
	}
	return e.Now()
}

func (e *Engine) run(op string, f func() error) error {
	if e.Before != nil {
		if err := e.Before(op); err != nil {
			return err
		}
	}
	e.mu.Lock()
	err := f()
	e.mu.Unlock()
	if e.After != nil {
		if lost := e.After(op); lost != nil {
			return lost
		}
	}
	return err
}

// Read gives what is kept under name.
func (e *Engine) Read(ctx context.Context, name string) (b []byte, v engine.Version, age time.Duration, err error) {
	if ctx.Err() != nil {
		return nil, "", -1, ctx.Err()
	}
	age = -1
	err = e.run("read "+name, func() error {
		c, ok := e.cells[name]
		if !ok {
			v = "0"
			return engine.ErrAbsent
		}
		b, v = bytes.Clone(c.b), engine.Version(strconv.Itoa(c.v))
		if !e.NoAge {
			age = e.now().Sub(c.written)
		}
		return nil
	})
	return b, v, age, err
}

// Swap writes b where v is current. No version is used twice.
func (e *Engine) Swap(ctx context.Context, name string, b []byte, v engine.Version) (now engine.Version, err error) {
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	err = e.run("swap "+name, func() error {
		if string(v) != strconv.Itoa(e.cells[name].v) {
			return engine.ErrMoved
		}
		e.writes++
		if e.cells == nil {
			e.cells = map[string]cell{}
		}
		e.cells[name] = cell{bytes.Clone(b), e.writes, e.now()}
		now = engine.Version(strconv.Itoa(e.writes))
		return nil
	})
	return now, err
}

// List gives the names.
func (e *Engine) List(context.Context) (names []string, err error) {
	err = e.run("list", func() error {
		names = slices.Sorted(maps.Keys(e.cells))
		return nil
	})
	return names, err
}

// Clock is that of this machine.
func (e *Engine) Clock() (ahead time.Duration, known bool) { return 0, true }

// Writes is how many there were.
func (e *Engine) Writes() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.writes
}

// Raw is what it holds under name.
func (e *Engine) Raw(name string) []byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	return bytes.Clone(e.cells[name].b)
}

// Skewed is the engine as a machine sees it whose clock is wrong by that much.
type Skewed struct {
	*Engine
	By time.Duration
}

// Clock says so.
func (s Skewed) Clock() (ahead time.Duration, known bool) { return -s.By, true }
