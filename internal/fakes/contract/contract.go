// Package contract is what every engine of internal/engine must keep to, the
// imitated ones of internal/fakes and the real ones of internal/e2e.
package contract

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authctl/internal/engine"
	"authctl/internal/fakes"
)

// Engine is what a store asks of one.
type Engine interface {
	Read(ctx context.Context, name string) ([]byte, engine.Version, time.Duration, error)
	Swap(ctx context.Context, name string, b []byte, v engine.Version) (engine.Version, error)
	List(ctx context.Context) ([]string, error)
	Clock() (offset time.Duration, known bool)
}

// Subject is an engine that runs.
type Subject struct {
	Open    func(t testing.TB, address string) Engine // as another machine would
	Address string
	Through http.RoundTripper // to reach Address by
	// Delete removes a record past authctl; nil where there is no way to.
	Delete func(t testing.TB, name string)
}

// Run holds s to the contract.
func Run(t *testing.T, s Subject) {
	t.Run("a record is written once and read", s.once)
	t.Run("an outdated version writes nothing", s.outdated)
	t.Run("a deleted record is no new one", s.deleted)
	t.Run("one of many first writers wins", s.first)
	t.Run("every swap counts once", func(t *testing.T) { s.counted(t, s.Address, 4, 10) })
	t.Run("every swap counts once though answers are lost", s.dropped)
	t.Run("256 KiB", s.large)
}

func fresh() string { return "t_" + strings.ToLower(rand.Text()) }

func (s Subject) absent(t testing.TB, e Engine, name string) engine.Version {
	t.Helper()
	b, v, _, err := e.Read(t.Context(), name)
	if !errors.Is(err, engine.ErrAbsent) || v == "" || b != nil {
		t.Fatalf("a record that never was: %q, version %q, %v", b, v, err)
	}
	return v
}

func (s Subject) once(t *testing.T) {
	e, name := s.Open(t, s.Address), fresh()
	v, err := e.Swap(t.Context(), name, []byte("one"), s.absent(t, e, name))
	if err != nil {
		t.Fatal(err)
	}
	b, read, age, err := s.Open(t, s.Address).Read(t.Context(), name)
	if err != nil || string(b) != "one" || read != v {
		t.Errorf("%q, version %q, %v; want one, %q", b, read, err, v)
	}
	if age < 0 || age > 10*time.Second {
		t.Errorf("written a moment ago and %s old", age)
	}
	if offset, known := e.Clock(); !known || offset.Abs() > 2*time.Second {
		t.Errorf("the engine's clock on this machine: %s ahead, %t", offset, known)
	}
	names, err := e.List(t.Context())
	if err != nil || !slices.Contains(names, name) {
		t.Errorf("the list lacks %s: %q, %v", name, names, err)
	}
}

func (s Subject) outdated(t *testing.T) {
	e, name := s.Open(t, s.Address), fresh()
	none := s.absent(t, e, name)
	one, err := e.Swap(t.Context(), name, []byte("one"), none)
	if err != nil {
		t.Fatal(err)
	}
	two, err := e.Swap(t.Context(), name, []byte("two"), one)
	if err != nil || two == one {
		t.Fatalf("version %q after %q, %v", two, one, err)
	}
	for _, old := range []engine.Version{none, one} {
		if v, err := e.Swap(t.Context(), name, []byte("late"), old); !errors.Is(err, engine.ErrMoved) {
			t.Errorf("a swap on %q: %q, %v, want ErrMoved", old, v, err)
		}
	}
	if b, v, _, err := e.Read(t.Context(), name); err != nil || string(b) != "two" || v != two {
		t.Errorf("%q, version %q, %v", b, v, err)
	}
}

func (s Subject) deleted(t *testing.T) {
	if s.Delete == nil {
		t.Skip("this engine's records are not deleted here")
	}
	e, name := s.Open(t, s.Address), fresh()
	none := s.absent(t, e, name)
	one, err := e.Swap(t.Context(), name, []byte("one"), none)
	if err != nil {
		t.Fatal(err)
	}
	s.Delete(t, name)
	v := s.absent(t, e, name)
	if _, err := e.Swap(t.Context(), name, []byte("two"), v); err != nil {
		t.Fatalf("after a deletion, by the version that was read: %v", err)
	}
	if _, err := e.Swap(t.Context(), name, []byte("late"), one); !errors.Is(err, engine.ErrMoved) {
		t.Errorf("by the version before the deletion: %v, want ErrMoved", err)
	}
}

func (s Subject) first(t *testing.T) {
	name := fresh()
	var won, moved atomic.Int64
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			e := s.Open(t, s.Address)
			_, v, _, err := e.Read(t.Context(), name)
			if err != nil && !errors.Is(err, engine.ErrAbsent) {
				t.Errorf("%d: %v", i, err)
				return
			}
			if err == nil {
				moved.Add(1)
				return
			}
			switch _, err := e.Swap(t.Context(), name, []byte(rand.Text()), v); {
			case err == nil:
				won.Add(1)
			case errors.Is(err, engine.ErrMoved):
				moved.Add(1)
			default:
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	group.Wait()
	if won.Load() != 1 || moved.Load() != 7 {
		t.Errorf("%d won and %d were told that they did not", won.Load(), moved.Load())
	}
}

func (s Subject) counted(t *testing.T, address string, machines, times int) {
	t.Helper()
	w := &Writers{Open: func(int) Engine { return s.Open(t, address) }, Machines: machines, Times: times}
	if n, _ := w.Count(t); n != machines*times {
		t.Errorf("%d swaps were told to be done, the record counts %d", machines*times, n)
	}
}

func (s Subject) dropped(t *testing.T) {
	var writes atomic.Int64
	d := &fakes.Dropper{To: s.Address, Through: s.Through}
	d.Drop = func(r *http.Request) bool {
		return r.Method != http.MethodGet && !strings.Contains(r.URL.Path, "/login") && writes.Add(1)%3 == 0
	}
	front := d.Serve()
	defer front.Close()
	s.counted(t, front.URL, 1, 12) // alone, nobody's later write hides what became of one
	if d.Dropped.Load() < 4 {
		t.Errorf("only %d answers were dropped", d.Dropped.Load())
	}
}

func (s Subject) large(t *testing.T) {
	e, name := s.Open(t, s.Address), fresh()
	b := bytes.Repeat([]byte("0123456789abcdef"), 16<<10)
	if _, err := e.Swap(t.Context(), name, b, s.absent(t, e, name)); err != nil {
		t.Fatal(err)
	}
	if got, _, _, err := e.Read(t.Context(), name); err != nil || !bytes.Equal(got, b) {
		t.Errorf("%d bytes of %d came back, %v", len(got), len(b), err)
	}
}
