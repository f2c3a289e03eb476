//go:build unix

package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/fault"
	"authctl/internal/store"
)

// goAway makes the engine take nothing, while the time goes by that it is waited for.
func (m *machines) goAway() {
	m.engine.Before = func(string) error { m.pass(45 * time.Second); return errors.New("connection refused") }
}

// waiting is a machine whose answer the engine did not take, with what became of it.
func (m *machines) waiting(t *testing.T, spool string) error {
	t.Helper()
	ctx := t.Context()
	m.spool = spool
	must(t, m.open(t).Put(ctx, "a1", kept("r1", time.Now())))
	r := m.begin(t)
	must(t, r.intent(ctx), r.lease.Hold(ctx))
	m.goAway()
	_ = r.raw(ctx, "r2")
	began := m.boot.Load()
	err := r.final(ctx, "r2")
	if m.boot.Load() != began {
		t.Error("the engine was asked again after it had been given up")
	}
	m.engine.Before, m.spool = nil, ""
	r.lease.Unlock()
	return err
}

// An engine that goes away after the request loses no session: what it did not
// take waits on this machine, and the next run there puts it where it belongs.
func TestAnAnswerWaitsOnThisMachine(t *testing.T) {
	m, spool := newMachines(), filepath.Join(t.TempDir(), "engine", "spool")
	err := m.waiting(t, spool)
	if !errors.Is(err, store.ErrSpooled) || fault.KindOf(err) != fault.Store || !strings.Contains(err.Error(), "connection refused; it waits on this machine") {
		t.Errorf("%v", err)
	}
	files, _ := filepath.Glob(filepath.Join(spool, "*"))
	if len(files) != 1 {
		t.Fatalf("%q", files)
	}
	raw, err := os.ReadFile(files[0])
	must(t, err)
	info, err := os.Stat(files[0])
	must(t, err)
	if bytes.Contains(raw, []byte("r2")) || info.Mode().Perm() != 0o600 || len(raw) > store.MaxRecord {
		t.Errorf("%v, %d bytes: %q", info.Mode(), len(raw), raw)
	}
	if info, err := os.Stat(spool); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v %v", err, info.Mode())
	}
	if got := m.at(t, "a1"); got != "r1" {
		t.Errorf("another machine sees %s", got)
	}
	if list, err := m.open(t).List(t.Context()); err != nil || len(list) != 1 || list[0].Claim == nil {
		t.Errorf("the claim was given back, and others spend what is spent: %v %+v", err, list)
	}
	m.spool = spool
	m.goAway()
	if _, err := m.open(t).Get(t.Context(), "a1"); err == nil || errors.Is(err, store.ErrAbsent) {
		t.Errorf("while the engine is away: %v", err)
	}
	m.engine.Before = func(op string) error {
		if strings.HasPrefix(op, "swap") {
			return errors.New("connection reset")
		}
		return nil
	}
	if r, err := m.open(t).Get(t.Context(), "a1"); fault.KindOf(err) != fault.Store {
		t.Errorf("it could not be put there: %v %+v", err, r)
	}
	m.engine.Before = nil
	s := m.open(t)
	list, err := s.List(t.Context())
	must(t, err)
	if len(list) != 1 || list[0].Record.Set.RefreshToken.Reveal() != "r2" || list[0].Claim != nil {
		t.Errorf("%+v", list)
	}
	if files, _ := filepath.Glob(filepath.Join(spool, "*")); len(files) != 0 {
		t.Errorf("left %q", files)
	}
	m.spool = ""
	if got := m.at(t, "a1"); got != "r2" || len(m.warned) != 0 {
		t.Errorf("the others see %s; warned %q", got, m.warned)
	}
}

// The process is killed while the raw answer waits: that is enough.
func TestARawAnswerWaitsOnThisMachine(t *testing.T) {
	m, ctx := newMachines(), t.Context()
	m.spool = filepath.Join(t.TempDir(), "spool")
	must(t, m.open(t).Put(ctx, "a1", kept("r1", time.Now())))
	r := m.begin(t)
	must(t, r.intent(ctx), r.lease.Hold(ctx))
	m.goAway()
	if err := r.raw(ctx, "r2"); !errors.Is(err, store.ErrSpooled) {
		t.Errorf("%v", err)
	}
	m.engine.Before = nil
	list, err := m.open(t).List(ctx)
	if err != nil || len(list) != 1 || string(list[0].Record.Pending) != "r2" || list[0].Claim != nil {
		t.Errorf("%v %+v", err, list)
	}
}

// What waited goes over a claim and over the end that another was told; never
// over what was granted or forgotten since.
func TestWhatWaitedIsNeverWrittenOverWhatIsNewer(t *testing.T) {
	for name, tt := range map[string]struct{ other, left, warns string }{
		"nobody came":               {"", "r2", ""},
		"the other claimed":         {"claim", "r2", ""},
		"it was over for the other": {"over", "r2", ""},
		"the other renewed it":      {"next", "theirs", "came too late"},
		"it was forgotten":          {"forget", "nothing", "came too late"},
		"it was begun anew":         {"again", "r1", "came too late"},
	} {
		t.Run(name, func(t *testing.T) {
			m, spool := newMachines(), filepath.Join(t.TempDir(), "spool")
			_ = m.waiting(t, spool)
			m.pass(91 * time.Second)
			m.goesOn(t, tt.other)
			m.spool = spool
			before := m.engine.Writes()
			if got := m.at(t, "a1"); got != tt.left {
				t.Errorf("left %s", got)
			}
			if got := m.at(t, "a1"); got != tt.left || tt.warns != "" && m.engine.Writes() != before {
				t.Errorf("left %s after %d writes", got, m.engine.Writes()-before)
			}
			if got := strings.Join(m.warned, "\n"); !strings.Contains(got, tt.warns) || (tt.warns == "") != (got == "") {
				t.Errorf("warned %q", got)
			}
			if files, _ := filepath.Glob(filepath.Join(spool, "*")); len(files) != 0 {
				t.Errorf("left %q", files)
			}
		})
	}
}

// Where there is no folder the session is lost, and the message says so.
func TestAnAnswerWithoutAPlaceIsLost(t *testing.T) {
	taken := filepath.Join(t.TempDir(), "taken")
	must(t, os.WriteFile(taken, nil, 0o600))
	for name, spool := range map[string]string{"no folder": "", "one that cannot be made": filepath.Join(taken, "spool")} {
		t.Run(name, func(t *testing.T) {
			err := newMachines().waiting(t, spool)
			if errors.Is(err, store.ErrSpooled) || fault.KindOf(err) != fault.Store || !strings.Contains(err.Error(), "connection refused") || !strings.Contains(err.Error(), "the session is lost") {
				t.Errorf("%v", err)
			}
		})
	}
}

// What cannot be believed is left where it is, told, and does not stand in the way.
func TestAStrangeSpoolIsLeft(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, m *machines, file string){
		"another key": func(_ *testing.T, m *machines, _ string) { m.key, m.old = 2, []byte{} },
		"another record": func(t *testing.T, _ *machines, file string) {
			must(t, os.Rename(file, filepath.Join(filepath.Dir(file), "b2")))
		},
		"bytes": func(t *testing.T, _ *machines, file string) { must(t, os.WriteFile(file, []byte("hello"), 0o600)) },
		"too many bytes": func(t *testing.T, _ *machines, file string) {
			must(t, os.WriteFile(file, make([]byte, store.MaxRecord+1), 0o600))
		},
		"open to others": func(t *testing.T, _ *machines, file string) { must(t, os.Chmod(file, 0o644)) }, //nolint:gosec // on purpose
		"a link": func(t *testing.T, _ *machines, file string) {
			must(t, os.Rename(file, file+"x"), os.Symlink(file+"x", file))
		},
	} {
		t.Run(name, func(t *testing.T) {
			m, ctx, spool := newMachines(), t.Context(), filepath.Join(t.TempDir(), "spool")
			_ = m.waiting(t, spool)
			spoil(t, m, filepath.Join(spool, "a1"))
			if m.key == 2 { // the others' records are there under the new one already
				m.old = []byte{1}
				must(t, m.open(t).Put(ctx, "a1", kept("r1", time.Now())), m.open(t).Put(ctx, "b2", kept("r1", time.Now())))
				m.old = nil
			} else {
				must(t, m.open(t).Put(ctx, "b2", kept("r1", time.Now())))
			}
			m.spool = spool
			for _, key := range []string{"a1", "b2"} {
				if got := m.at(t, key); got != "r1" {
					t.Errorf("%s is %s", key, got)
				}
			}
			if files, _ := filepath.Glob(filepath.Join(spool, "*")); len(files) == 0 || len(m.warned) != 1 {
				t.Errorf("left %q, warned %q", files, m.warned)
			}
		})
	}
}

// The answer to the writing of what waited is lost, or another writes just then.
func TestPuttingTheWaitingAnswerThereIsItselfASwap(t *testing.T) {
	m, spool := newMachines(), filepath.Join(t.TempDir(), "spool")
	_ = m.waiting(t, spool)
	m.pass(91 * time.Second)
	once := false
	m.engine.Before = func(op string) error {
		if strings.HasPrefix(op, "swap") && !once {
			once = true
			m.goesOn(t, "claim") // between the reading and the writing
		}
		return nil
	}
	m.spool = spool
	s := m.open(t)
	m.spool = ""
	r, err := s.Get(context.WithoutCancel(t.Context()), "a1")
	if err != nil || r.Set.RefreshToken.Reveal() != "r2" {
		t.Errorf("%v %+v", err, r)
	}
	if got := m.at(t, "a1"); got != "r2" || len(m.warned) != 0 {
		t.Errorf("%s, warned %q", got, m.warned)
	}
}
