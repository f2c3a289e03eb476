package stores

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authctl/internal/secret"
	"authctl/internal/store"
)

func oneAtATime(t *testing.T, open Open) {
	var held, most atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			lease, err := open(t).Lock(t.Context(), "a1")
			if err != nil {
				t.Error(err)
				return
			}
			most.Store(max(most.Load(), held.Add(1)))
			time.Sleep(time.Millisecond)
			held.Add(-1)
			lease.Unlock()
		})
	}
	wg.Wait()
	if most.Load() != 1 {
		t.Errorf("%d held it at once", most.Load())
	}
}

func twoLocks(t *testing.T, open Open) {
	a, err := open(t).Lock(t.Context(), "a1")
	must(t, err)
	defer a.Unlock()
	b, err := open(t).Lock(t.Context(), "b2")
	must(t, err)
	b.Unlock()
}

func interrupted(t *testing.T, open Open) {
	lease, err := open(t).Lock(t.Context(), "a1")
	must(t, err)
	defer lease.Unlock()
	waiting, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := open(t).Lock(waiting, "a1"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func turns(t *testing.T, open Open) {
	first, err := open(t).Turn(t.Context(), "login-a1", func() { t.Error("the first one waits") })
	must(t, err)
	request, err := open(t).Lock(t.Context(), "a1")
	must(t, err)
	request.Unlock() // which waits for no login
	told, got := make(chan struct{}), make(chan error)
	go func() {
		done, err := open(t).Turn(t.Context(), "login-a1", func() { close(told) })
		if err == nil {
			done()
		}
		got <- err
	}()
	<-told
	first()
	if err := <-got; err != nil {
		t.Error(err)
	}
}

func underTheLock(t *testing.T, open Open) {
	s := open(t)
	lease, err := s.Lock(t.Context(), "a1")
	must(t, err)
	begun, done := Full(), Full()
	done.Intent, done.Pending, done.Set.AccessToken = time.Time{}, nil, secret.New("new")
	must(t, s.Put(t.Context(), "a1", begun), lease.Hold(t.Context()), s.Put(t.Context(), "a1", done))
	lease.Unlock()
	for _, opened := range []*store.Store{s, open(t)} {
		if r, err := opened.Get(t.Context(), "a1"); err != nil || r.Set.AccessToken.Reveal() != "new" || len(r.Pending) > 0 {
			t.Errorf("%v %+v", err, r)
		}
	}
	again, err := open(t).Lock(t.Context(), "a1")
	must(t, err)
	again.Unlock()
}

func holds(t *testing.T, open Open) {
	lease, err := open(t).Lock(t.Context(), "a1")
	must(t, err)
	must(t, lease.Hold(t.Context()), lease.Hold(t.Context()))
	lease.Unlock()
}

func another(t *testing.T, open Open) {
	theirs := open(t)
	lease, err := theirs.Lock(t.Context(), "a1")
	must(t, err)
	got := make(chan error)
	go func() {
		s := open(t)
		lease, err := s.Lock(t.Context(), "a1")
		if err == nil {
			_, err = s.Get(t.Context(), "a1")
			lease.Unlock()
		}
		got <- err
	}()
	time.Sleep(20 * time.Millisecond) // until it waits
	must(t, lease.Hold(t.Context()), theirs.Put(t.Context(), "a1", Full()))
	lease.Unlock()
	if err := <-got; err != nil {
		t.Error(err)
	}
}
