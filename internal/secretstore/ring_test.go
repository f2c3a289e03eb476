package secretstore

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"authctl/internal/secret"
)

// memory is a keyring with the faults that real ones have shown.
type memory struct {
	mu     sync.Mutex
	items  map[string]string
	calls  int
	fail   error
	hang   chan struct{}
	forget bool // Set and Delete say nil and do nothing: a dismissed prompt
}

func (m *memory) begin() error {
	m.mu.Lock()
	m.calls++
	m.mu.Unlock()
	if m.hang != nil {
		<-m.hang
	}
	return m.fail
}

func (m *memory) Get(service, user string) (string, error) {
	if err := m.begin(); err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if v, ok := m.items[service+"\x00"+user]; ok {
		return v, nil
	}
	return "", keyring.ErrNotFound
}

func (m *memory) Set(service, user, password string) error {
	if err := m.begin(); err != nil || m.forget {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.items == nil {
		m.items = map[string]string{}
	}
	m.items[service+"\x00"+user] = password
	return nil
}

func (m *memory) Delete(service, user string) error {
	if _, err := m.Get(service, user); err != nil || m.forget {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.items, service+"\x00"+user)
	return nil
}

func noEnv(string) (string, bool) { return "", false }

func TestRingRoundTrip(t *testing.T) {
	ctx, r := context.Background(), NewRing(&memory{}, noEnv)
	if _, err := r.Get(ctx, "s", "a"); !errors.Is(err, ErrAbsent) {
		t.Errorf("absent: %v", err)
	}
	if err := r.Set(ctx, "s", "a", secret.New("v")); err != nil {
		t.Fatal(err)
	}
	if v, err := r.Get(ctx, "s", "a"); err != nil || v.Reveal() != "v" {
		t.Errorf("got %v", err)
	}
	if err := r.Delete(ctx, "s", "a"); err != nil {
		t.Error(err)
	}
	if err := r.Delete(ctx, "s", "a"); !errors.Is(err, ErrAbsent) {
		t.Errorf("deleted twice: %v", err)
	}
}

func TestRingReadsBack(t *testing.T) {
	ctx := context.Background()
	m := &memory{forget: true}
	if err := NewRing(m, noEnv).Set(ctx, "s", "a", secret.New("v")); !errors.Is(err, ErrNotStored) {
		t.Errorf("a write that kept nothing: %v", err)
	}
	m.items = map[string]string{"s\x00a": "old"}
	if err := NewRing(m, noEnv).Set(ctx, "s", "a", secret.New("v")); !errors.Is(err, ErrNotStored) {
		t.Errorf("a write that kept the old value: %v", err)
	}
	if err := NewRing(m, noEnv).Delete(ctx, "s", "a"); !errors.Is(err, ErrNotStored) {
		t.Errorf("a removal that removed nothing: %v", err)
	}
}

func TestRingGivesUp(t *testing.T) {
	m := &memory{hang: make(chan struct{})}
	defer close(m.hang)
	r := NewRing(m, noEnv)
	if r.limit != 3*time.Second {
		t.Errorf("the limit is %s", r.limit)
	}
	r.limit = 20 * time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := r.Get(ctx, "s", "a"); !errors.Is(err, ErrTimeout) {
		t.Errorf("got %v", err)
	}
	r.limit = time.Second // a ring that timed out answers at once, without calling
	if err := r.Set(ctx, "s", "b", secret.New("v")); !errors.Is(err, ErrTimeout) {
		t.Errorf("got %v", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.calls != 1 {
		t.Errorf("%d calls", m.calls)
	}
}

func TestRingTellsLockedFromHung(t *testing.T) {
	m := &memory{hang: make(chan struct{})}
	defer close(m.hang)
	r := NewRing(m, noEnv)
	r.limit = time.Millisecond
	r.platform.diagnose = func(context.Context, error) error { return ErrLocked }
	if _, err := r.Get(context.Background(), "s", "a"); !errors.Is(err, ErrLocked) || errors.Is(err, ErrTimeout) {
		t.Errorf("got %v", err)
	}
}

// A person at a terminal has a minute for the unlock dialog; nobody else, and
// nobody for a keyring that is not locked.
func TestRingWaitsForAPerson(t *testing.T) {
	for name, c := range map[string]struct {
		state         error
		dialogs, desk bool
		want          time.Duration
		is            error
	}{
		"locked, a person":         {ErrLocked, false, true, 60, ErrLocked},
		"locked, nobody":           {ErrLocked, false, false, 3, ErrLocked},
		"Keychain, a person":       {nil, true, true, 60, ErrTimeout},
		"Keychain, nobody":         {nil, true, false, 3, ErrTimeout},
		"a daemon hangs, a person": {nil, false, true, 3, ErrTimeout},
		"nobody there any more":    {ErrNoKeyring, true, true, 3, ErrNoKeyring},
	} {
		t.Run(name, func(t *testing.T) {
			m := &memory{hang: make(chan struct{})}
			defer close(m.hang)
			r := NewRing(m, noEnv)
			if r.person != time.Minute {
				t.Errorf("a person has %s", r.person)
			}
			r.limit, r.person = 3*time.Millisecond, 60*time.Millisecond
			r.platform.diagnose = func(context.Context, error) error { return c.state }
			r.platform.dialogs = c.dialogs
			told := 0
			if c.desk {
				r = r.Before(func(string) { told++ })
			}
			_, err := r.Get(context.Background(), "s", "a")
			if !errors.Is(err, c.is) || !strings.Contains(err.Error(), (c.want*time.Millisecond).String()) || (told == 1) != (c.want > 3) {
				t.Errorf("told %d times, %v", told, err)
			}
		})
	}
}

// What is unlocked in time is used.
func TestRingIsUnlocked(t *testing.T) {
	m := &memory{hang: make(chan struct{}), items: map[string]string{"s\x00a": "v"}}
	r := NewRing(m, noEnv).Before(func(string) { close(m.hang) })
	r.limit = time.Millisecond
	r.platform.dialogs = true
	if v, err := r.Get(context.Background(), "s", "a"); err != nil || v.Reveal() != "v" {
		t.Errorf("got %v", err)
	}
}

func TestRingIsInterrupted(t *testing.T) {
	m := &memory{hang: make(chan struct{})}
	defer close(m.hang)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := NewRing(m, noEnv)
	if _, err := r.Get(ctx, "s", "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if r.broken != nil {
		t.Error("an interrupt is not the keyring's fault")
	}
}

func TestRingIsNotCalledWithoutABus(t *testing.T) {
	m := &memory{}
	r := NewRing(m, noEnv)
	r.platform.reachable = func() error { return ErrNoKeyring }
	ctx := context.Background()
	if _, err := r.Get(ctx, "s", "a"); !errors.Is(err, ErrNoKeyring) {
		t.Errorf("get: %v", err)
	}
	if err := r.Set(ctx, "s", "a", secret.New("v")); !errors.Is(err, ErrNoKeyring) {
		t.Errorf("set: %v", err)
	}
	if err := r.Delete(ctx, "s", "a"); !errors.Is(err, ErrNoKeyring) {
		t.Errorf("delete: %v", err)
	}
	if m.calls != 0 {
		t.Errorf("%d calls", m.calls)
	}
}

func TestRingTooLarge(t *testing.T) {
	m := &memory{}
	r := NewRing(m, noEnv)
	r.platform.maxItem = 10
	ctx := context.Background()
	if err := r.Set(ctx, "s", "a", secret.New(strings.Repeat("x", 11))); !errors.Is(err, ErrTooLarge) || m.calls != 0 {
		t.Errorf("got %v after %d calls", err, m.calls)
	}
	if err := r.Set(ctx, "s", "a", secret.New(strings.Repeat("x", 10))); err != nil {
		t.Error(err)
	}
	m.fail = keyring.ErrSetDataTooBig
	if err := r.Set(ctx, "s", "a", secret.New("x")); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v", err)
	}
}

func TestRingExplains(t *testing.T) {
	odd := errors.New("the daemon is odd")
	for _, c := range []struct {
		name      string
		fail      error
		diagnosis error
		want      error
	}{
		{"an error nobody knows keeps its text", odd, nil, odd},
		{"locked", odd, ErrLocked, ErrLocked},
		{"nobody there", odd, ErrNoKeyring, ErrNoKeyring},
		{"a platform without a keyring", keyring.ErrUnsupportedPlatform, nil, ErrNoKeyring},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := NewRing(&memory{fail: c.fail}, noEnv)
			r.platform.diagnose = func(context.Context, error) error { return c.diagnosis }
			if _, err := r.Get(context.Background(), "s", "a"); !errors.Is(err, c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
