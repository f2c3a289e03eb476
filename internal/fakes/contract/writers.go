package contract

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authctl/internal/engine"
)

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
