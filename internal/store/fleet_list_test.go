//go:build unix

package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/internal/fault"
)

// A list reads several records at once, and not more than it should; their order
// is that of their names, and what belongs to somebody else is left out.
func TestAListReadsAtOnce(t *testing.T) {
	m, ctx := newMachines(), t.Context()
	const many = 24
	for i := range many {
		must(t, m.open(t).Put(ctx, fmt.Sprintf("a%02d", i), kept("r", time.Now())))
	}
	m.replace("a05", []byte("foreign"))
	m.replace("a17", []byte("foreign"))
	var mu sync.Mutex
	now, most := 0, 0
	m.engine.Before = func(op string) error {
		if strings.HasPrefix(op, "read") {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			time.Sleep(20 * time.Millisecond)
		}
		return nil
	}
	m.engine.After = func(op string) error {
		if strings.HasPrefix(op, "read") {
			mu.Lock()
			now--
			mu.Unlock()
		}
		return nil
	}
	list, err := m.open(t).List(ctx)
	if err != nil || len(list) != many-2 || len(m.warned) != 1 {
		t.Fatalf("%v, %d records, warned %q", err, len(list), m.warned)
	}
	for i, e := range list[1:] {
		if e.Key <= list[i].Key {
			t.Errorf("%s comes after %s", e.Key, list[i].Key)
		}
	}
	if most < 3 || most > 8 {
		t.Errorf("%d were read at once", most)
	}
}

// An engine that goes away in the middle is told once, and as what it is.
func TestAListEndsWithTheEngine(t *testing.T) {
	m, ctx := newMachines(), t.Context()
	for i := range 24 {
		must(t, m.open(t).Put(ctx, fmt.Sprintf("a%02d", i), kept("r", time.Now())))
	}
	var mu sync.Mutex
	reads := 0
	m.engine.Before = func(op string) error {
		mu.Lock()
		defer mu.Unlock()
		if reads++; op != "list" && reads > 10 {
			return errors.New("connection refused")
		}
		return nil
	}
	list, err := m.open(t).List(ctx)
	if fault.KindOf(err) != fault.Store || !strings.Contains(err.Error(), "connection refused") || list != nil {
		t.Errorf("%v, %d records", err, len(list))
	}
	if reads > 20 {
		t.Errorf("%d reads after it was away", reads-10)
	}
}
