// Package contract is what every engine of internal/engine must keep to, the
// imitated ones of internal/fakes and the real ones of internal/e2e.
package contract

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
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

// Writers add one to a record, each so many times.
type Writers struct {
	Open            func(machine int) Engine // may be another for each
	Machines, Times int
	Outages         bool // the engine may be away for a while: a failure is tried again

	unknown atomic.Int64
}

// Count gives what the record says when all are done, and how many writes were
// told to be of unknown end, and so were done again.
func (w *Writers) Count(t *testing.T) (count, unknown int) {
	t.Helper()
	name := fresh()
	var group sync.WaitGroup
	for m := range w.Machines {
		group.Go(func() {
			e := w.Open(m)
			for range w.Times {
				if err := w.add(t, e, name); err != nil {
					t.Errorf("machine %d: %v", m, err)
					return
				}
			}
		})
	}
	group.Wait()
	for before, e := -1, w.Open(0); before != count; time.Sleep(500 * time.Millisecond) { // a standby is behind
		b, _, _, err := e.Read(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		before, count = count, number(b)
	}
	return count, int(w.unknown.Load())
}

// add writes a number one higher, and a nonce as sealed bytes have one.
func (w *Writers) add(t *testing.T, e Engine, name string) error {
	nonce, end := rand.Text(), time.Now().Add(time.Minute)
	for {
		b, v, _, err := e.Read(t.Context(), name)
		if err == nil || errors.Is(err, engine.ErrAbsent) {
			_, err = e.Swap(t.Context(), name, fmt.Appendf(nil, "%d %s", number(b)+1, nonce), v)
		}
		switch {
		case err == nil:
			return nil
		case errors.Is(err, engine.ErrMoved):
			continue
		case !w.Outages || time.Now().After(end):
			return err
		case errors.Is(err, engine.ErrUnknown):
			w.unknown.Add(1)
			nonce = rand.Text()
		}
		t.Logf("again after %v", err)
	}
}

func number(b []byte) int {
	text, _, _ := strings.Cut(string(b), " ")
	n, _ := strconv.Atoi(text)
	return n
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
