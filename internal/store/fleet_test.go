//go:build unix

package store_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authctl/internal/engine"
	"authctl/internal/fakes"
	"authctl/internal/fakes/stores"
	"authctl/internal/fault"
	"authctl/internal/secret"
	"authctl/internal/store"
	"authctl/internal/token"
)

// machines share an engine, each with a clock of its own that tests turn.
type machines struct {
	engine *fakes.Engine
	limits store.Limits
	key    byte
	old    []byte
	skew   time.Duration
	spool  string       // the folder of the machines that are opened next
	boot   atomic.Int64 // added to the clock of all machines, and to the engine's
	warned []string
}

func newMachines() *machines {
	m := &machines{engine: &fakes.Engine{}, key: 1, limits: store.Limits{Claimed: 15 * time.Second, Sent: 90 * time.Second, Wait: 5 * time.Second}}
	start := time.Now()
	m.engine.Now = func() time.Time { return start.Add(m.since(start)) }
	return m
}

func (m *machines) since(start time.Time) time.Duration {
	return time.Since(start) + time.Duration(m.boot.Load())
}

// pass lets time go by.
func (m *machines) pass(d time.Duration) { m.boot.Add(int64(d)) }

func (m *machines) open(t *testing.T) *store.Store {
	t.Helper()
	keys := [][]byte{bytes.Repeat([]byte{m.key}, store.KeySize)}
	for _, k := range m.old {
		keys = append(keys, bytes.Repeat([]byte{k}, store.KeySize))
	}
	start := time.Now()
	s, err := store.Open(store.Options{
		Kind: store.KindVault, Rand: rand.Reader, Now: func() time.Time { return time.Now().Add(m.skew) },
		Warn: func(line string) { m.warned = append(m.warned, line) },
		Shared: &store.Shared{
			Engine: fakes.Skewed{Engine: m.engine, By: m.skew}, Limits: m.limits, Boot: func() time.Duration { return m.since(start) },
			Keys:   func(context.Context) ([][]byte, error) { return keys, nil },
			Spool:  m.spool,
			Holder: store.Holder{User: "ci", Host: "runner-7", Job: "https://ci.example/job/1"},
		},
	})
	must(t, err)
	return s
}

func TestContractOfAFleet(t *testing.T) {
	stores.Contract(t, func(t *testing.T) stores.Open {
		m := newMachines()
		m.limits = store.Limits{}
		return m.open
	})
}

// session is a kept one; its refresh token is r.
func kept(refresh string, obtained time.Time) store.Record {
	return store.Record{Profile: "p", Grant: "token_exchange", Set: token.Set{
		AccessToken: secret.New("access of " + refresh), RefreshToken: secret.New(refresh), TokenType: "Bearer",
		ObtainedAt: obtained, ExpiresAt: obtained.Add(time.Hour),
	}}
}

// at is what stands there for everybody else.
func (m *machines) at(t *testing.T, key string) string {
	t.Helper()
	r, err := m.open(t).Get(t.Context(), key)
	if errors.Is(err, store.ErrAbsent) {
		return "nothing"
	}
	must(t, err)
	return r.Set.RefreshToken.Reveal() + r.Aux["ended"]
}

// refresh is one machine's, in the order of docs/store.md.
type refresh struct {
	s     *store.Store
	lease store.Lease
	rec   store.Record
}

func (m *machines) begin(t *testing.T) *refresh {
	t.Helper()
	r := &refresh{s: m.open(t)}
	var err error
	r.lease, err = r.s.Lock(t.Context(), "a1")
	must(t, err)
	r.rec, err = r.s.Get(t.Context(), "a1")
	must(t, err)
	return r
}

func (r *refresh) intent(ctx context.Context) error {
	r.rec.Intent = r.rec.Set.ObtainedAt.Add(time.Hour)
	return r.s.Put(ctx, "a1", r.rec)
}

func (r *refresh) raw(ctx context.Context, next string) error {
	r.rec.Pending = []byte(next)
	return r.s.Put(ctx, "a1", r.rec)
}

func (r *refresh) final(ctx context.Context, next string) error {
	r.rec = kept(next, r.rec.Set.ObtainedAt.Add(time.Hour))
	return r.s.Put(ctx, "a1", r.rec)
}

func (r *refresh) over(ctx context.Context) error {
	r.rec.Set.RefreshToken, r.rec.Intent, r.rec.Aux = secret.Text{}, time.Time{}, map[string]string{"ended": "ended"}
	return r.s.Put(ctx, "a1", r.rec)
}

// A refresh is four writes: claim, sent, the raw answer, the new set.
func TestTheOrderOfARefreshOfAFleet(t *testing.T) {
	m, ctx := newMachines(), t.Context()
	must(t, m.open(t).Put(ctx, "a1", kept("r1", time.Now())))
	before := m.engine.Writes()
	r := m.begin(t)
	claims := func() string {
		list, err := m.open(t).List(ctx)
		must(t, err)
		if list[0].Claim == nil {
			return ""
		}
		return list[0].Claim.String()
	}
	if got := claims(); !strings.HasPrefix(got, "ci@runner-7 (https://ci.example/job/1): claimed 0s ago") {
		t.Error(got)
	}
	must(t, r.intent(ctx), r.lease.Hold(ctx))
	if got := claims(); !strings.Contains(got, "sent 0s ago") {
		t.Error(got)
	}
	must(t, r.raw(ctx, "r2"), r.final(ctx, "r2"))
	if got := claims(); got != "" {
		t.Error(got)
	}
	r.lease.Unlock()
	if n := m.engine.Writes() - before; n != 4 {
		t.Errorf("%d writes", n)
	}
	if got := m.at(t, "a1"); got != "r2" {
		t.Error(got)
	}
}

// Where a holder stops, when others go on, and what
// it may do when it comes back.
func TestAHolderThatStops(t *testing.T) {
	type step = func(context.Context, *refresh) error
	claim := func(context.Context, *refresh) error { return nil }
	intent := func(ctx context.Context, r *refresh) error { return r.intent(ctx) }
	sent := func(ctx context.Context, r *refresh) error { return errors.Join(r.intent(ctx), r.lease.Hold(ctx)) }
	raw := func(ctx context.Context, r *refresh) error { return errors.Join(sent(ctx, r), r.raw(ctx, "r2")) }
	hold := func(ctx context.Context, r *refresh) error { return r.lease.Hold(ctx) }
	answer := func(ctx context.Context, r *refresh) error { return errors.Join(r.raw(ctx, "r2"), r.final(ctx, "r2")) }
	both := func(a, b error) bool { return errors.Is(a, b) && errors.Is(b, a) || a == nil && b == nil }
	for name, tt := range map[string]struct {
		stops step
		after time.Duration // until others go on
		other string        // what the other does: next, over, claim, or nothing
		back  step
		want  error
		left  string
	}{
		"after claim":                            {claim, 15 * time.Second, "next", intent, store.ErrOvertaken, "theirs"},
		"after claim, the other only claimed":    {claim, 15 * time.Second, "claim", intent, store.ErrOvertaken, "r1"},
		"after sent, before the request":         {intent, 90 * time.Second, "next", hold, store.ErrOvertaken, "theirs"},
		"after sent, nobody came":                {intent, 90 * time.Second, "", hold, nil, "r1"},
		"after the request, back in time":        {sent, 0, "", answer, nil, "r2"},
		"after the request, the other claimed":   {sent, 90 * time.Second, "claim", answer, nil, "r2"},
		"after the request, and it was over":     {sent, 90 * time.Second, "over", answer, nil, "r2"},
		"after the request, and it was renewed":  {sent, 90 * time.Second, "next", answer, store.ErrOvertaken, "theirs"},
		"after the request, and it was forgot":   {sent, 90 * time.Second, "forget", answer, store.ErrOvertaken, "nothing"},
		"after the request, and it came again":   {sent, 90 * time.Second, "again", answer, store.ErrOvertaken, "r1"},
		"after the raw answer, and nobody came":  {raw, 90 * time.Second, "", func(ctx context.Context, r *refresh) error { return r.final(ctx, "r2") }, nil, "r2"},
		"an end is not written over an answer":   {sent, 90 * time.Second, "next", func(ctx context.Context, r *refresh) error { return r.over(ctx) }, store.ErrOvertaken, "theirs"},
		"nor over another's claim":               {sent, 90 * time.Second, "claim", func(ctx context.Context, r *refresh) error { return r.over(ctx) }, store.ErrOvertaken, "r1"},
		"nothing is said of what was not begun ": {claim, 15 * time.Second, "next", func(ctx context.Context, r *refresh) error { return r.final(ctx, "r2") }, store.ErrOvertaken, "theirs"},
	} {
		t.Run(name, func(t *testing.T) {
			m, ctx := newMachines(), t.Context()
			must(t, m.open(t).Put(ctx, "a1", kept("r1", time.Now())))
			stopped := m.begin(t)
			must(t, tt.stops(ctx, stopped))
			if tt.after > 0 {
				m.pass(tt.after - 2*time.Second)
				m.waits(t)
				m.pass(3 * time.Second)
			}
			m.goesOn(t, tt.other)
			if err := tt.back(ctx, stopped); !both(unjoined(err), tt.want) {
				t.Errorf("back: %v", err)
			}
			if got := m.at(t, "a1"); got != tt.left {
				t.Errorf("left %s", got)
			}
			stopped.lease.Unlock()
			if got := m.at(t, "a1"); got != tt.left {
				t.Errorf("unlocked: left %s", got)
			}
		})
	}
}

// unjoined is the first of joined errors.
func unjoined(err error) error {
	if list, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // errors.Join's own
		return list.Unwrap()[0]
	}
	return err
}

// waits: nobody goes on yet.
func (m *machines) waits(t *testing.T) {
	t.Helper()
	short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := m.open(t).Lock(short, "a1"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("another went on: %v", err)
	}
}

// goesOn is what another machine does.
func (m *machines) goesOn(t *testing.T, what string) {
	t.Helper()
	ctx := t.Context()
	if what == "" {
		return
	}
	if what == "forget" || what == "again" {
		must(t, m.open(t).Delete(ctx, "a1"))
		if what == "again" {
			must(t, m.open(t).Put(ctx, "a1", kept("r1", time.Now())))
		}
		return
	}
	r := m.begin(t)
	switch what {
	case "next":
		must(t, r.intent(ctx), r.lease.Hold(ctx), r.raw(ctx, "theirs"), r.final(ctx, "theirs"))
	case "over":
		must(t, r.intent(ctx), r.lease.Hold(ctx), r.over(ctx))
	}
}

// Who was put to sleep after its claim said "sent" asks once more whether it
// still stands, also where nobody came.
func TestALateRequestIsClaimedAnew(t *testing.T) {
	m, ctx := newMachines(), t.Context()
	must(t, m.open(t).Put(ctx, "a1", kept("r1", time.Now())))
	r := m.begin(t)
	must(t, r.intent(ctx))
	before := m.engine.Writes()
	must(t, r.lease.Hold(ctx))
	if n := m.engine.Writes() - before; n != 0 {
		t.Errorf("%d writes for what was said just now", n)
	}
	m.pass(3 * time.Second)
	must(t, r.lease.Hold(ctx))
	if n := m.engine.Writes() - before; n != 1 {
		t.Errorf("%d writes after a stop", n)
	}
}

// An engine that takes longer than a claim is fresh lets nothing be sent.
func TestASlowEngineSendsNothing(t *testing.T) {
	m, ctx := newMachines(), t.Context()
	lease, err := m.open(t).Lock(ctx, "a1")
	must(t, err)
	m.engine.Before = func(op string) error {
		if strings.HasPrefix(op, "swap") {
			m.pass(3 * time.Second)
		}
		return nil
	}
	if err := lease.Hold(ctx); fault.KindOf(err) != fault.Store || !strings.Contains(err.Error(), "nothing was sent") {
		t.Errorf("got %v", err)
	}
}

// An answer that was lost is found out, or costs nothing.
func TestLostAnswersOfTheEngine(t *testing.T) {
	for name, tt := range map[string]struct {
		lost error
		read bool // reading back works
	}{
		"found out":     {engine.ErrUnknown, true},
		"told as moved": {engine.ErrMoved, true},
	} {
		t.Run(name, func(t *testing.T) {
			m, ctx := newMachines(), t.Context()
			must(t, m.open(t).Put(ctx, "a1", kept("r1", time.Now())))
			r := m.begin(t)
			must(t, r.intent(ctx), r.lease.Hold(ctx))
			n := 0
			m.engine.After = func(op string) error {
				if n++; n == 1 && strings.HasPrefix(op, "swap") {
					return tt.lost
				}
				return nil
			}
			must(t, r.raw(ctx, "r2"), r.final(ctx, "r2"))
			if got := m.at(t, "a1"); got != "r2" {
				t.Error(got)
			}
		})
	}
	t.Run("of a claim", func(t *testing.T) {
		m := newMachines()
		n := 0
		m.engine.After = func(op string) error {
			if strings.HasPrefix(op, "swap") {
				if n++; n == 1 {
					return engine.ErrUnknown
				}
			}
			return nil
		}
		lease, err := m.open(t).Lock(t.Context(), "a1")
		must(t, err)
		must(t, lease.Hold(t.Context()))
	})
}

// An engine that is away for a while loses no answer.
func TestAnAnswerIsKeptWhenTheEngineIsBack(t *testing.T) {
	m, ctx := newMachines(), t.Context()
	must(t, m.open(t).Put(ctx, "a1", kept("r1", time.Now())))
	r := m.begin(t)
	must(t, r.intent(ctx), r.lease.Hold(ctx))
	n := 0
	m.engine.Before = func(string) error {
		if n++; n < 4 {
			return errors.New("connection refused")
		}
		return nil
	}
	must(t, r.final(ctx, "r2"))
	if got := m.at(t, "a1"); got != "r2" {
		t.Error(got)
	}
	m.engine.Before = func(string) error { m.pass(10 * time.Second); return errors.New("connection refused") }
	if err := m.open(t).Put(ctx, "a1", kept("r3", time.Now())); fault.KindOf(err) != fault.Store {
		t.Errorf("got %v", err)
	}
}

// What authctl cannot open is somebody's: an error, and never written over.
func TestWhatCannotBeOpenedIsLeftAlone(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(m *machines)
		says  string
	}{
		"another key":       {func(m *machines) { m.key = 2 }, "sealed under another key"},
		"a record moved":    {func(m *machines) { m.replace("a1", m.engine.Raw("b2")) }, "is no record of authctl's"},
		"foreign bytes":     {func(m *machines) { m.replace("a1", []byte("hello")) }, "is no record of authctl's"},
		"no bytes":          {func(m *machines) { m.replace("a1", nil) }, "is no record of authctl's"},
		"one bit":           {func(m *machines) { m.replace("a1", flip(-1)(m.engine.Raw("a1"))) }, "is no record of authctl's"},
		"its claim's place": {func(m *machines) { m.replace("a1", flip(20)(m.engine.Raw("a1"))) }, "is no record of authctl's"},
	} {
		for use, call := range map[string]func(context.Context, *store.Store) error{
			"get":    func(ctx context.Context, s *store.Store) error { return second(s.Get(ctx, "a1")) },
			"put":    func(ctx context.Context, s *store.Store) error { return s.Put(ctx, "a1", kept("mine", time.Now())) },
			"delete": func(ctx context.Context, s *store.Store) error { return s.Delete(ctx, "a1") },
			"lock":   func(ctx context.Context, s *store.Store) error { _, err := s.Lock(ctx, "a1"); return err },
		} {
			t.Run(name+" "+use, func(t *testing.T) {
				m, ctx := newMachines(), t.Context()
				must(t, m.open(t).Put(ctx, "a1", kept("r1", time.Now())), m.open(t).Put(ctx, "b2", kept("r1", time.Now())))
				tt.spoil(m)
				before, writes := m.engine.Raw("a1"), m.engine.Writes()
				if err := call(ctx, m.open(t)); fault.KindOf(err) != fault.Store || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("got %v", err)
				}
				if !bytes.Equal(before, m.engine.Raw("a1")) || m.engine.Writes() != writes {
					t.Error("it was written over")
				}
			})
		}
	}
}

// replace is what another program does there.
func (m *machines) replace(name string, b []byte) {
	_, v, _, _ := m.engine.Read(context.Background(), name)
	_, _ = m.engine.Swap(context.Background(), name, b, v)
}

// A key is changed without losing a session: the earlier one still opens.
func TestAnEarlierKeyOpens(t *testing.T) {
	m, ctx := newMachines(), t.Context()
	must(t, m.open(t).Put(ctx, "a1", kept("r1", time.Now())))
	m.key, m.old = 2, []byte{1}
	if got := m.at(t, "a1"); got != "r1" {
		t.Error(got)
	}
	must(t, m.open(t).Put(ctx, "a1", kept("r2", time.Now())))
	m.old = nil
	if got := m.at(t, "a1"); got != "r2" {
		t.Error(got)
	}
}

func TestNothingIsInClearOnTheEngine(t *testing.T) {
	m := newMachines()
	must(t, m.open(t).Put(t.Context(), "a1", stores.Full()))
	raw := m.engine.Raw("a1")
	if len(raw) == 0 || bytes.Contains(raw, []byte("canary")) {
		t.Errorf("%q", raw)
	}
}

// What is kept later than a version that somebody read is never taken for it.
func TestAnOldVersionWritesNothing(t *testing.T) {
	m, ctx := newMachines(), t.Context()
	must(t, m.open(t).Put(ctx, "a1", kept("r1", time.Now())))
	old := m.begin(t)
	must(t, m.open(t).Delete(ctx, "a1"))
	if raw := m.engine.Raw("a1"); len(raw) == 0 {
		t.Error("the name begins anew")
	}
	must(t, m.open(t).Put(ctx, "a1", kept("r1", time.Now()))) // the very same
	if err := old.intent(ctx); !errors.Is(err, store.ErrOvertaken) {
		t.Errorf("got %v", err)
	}
}

// Machines whose clocks are an hour apart agree on what is fresh, and neither
// asks again nor takes over early.
func TestClocksApart(t *testing.T) {
	for _, skew := range []time.Duration{-time.Hour, time.Hour} {
		t.Run(skew.String(), func(t *testing.T) {
			m, ctx := newMachines(), t.Context()
			now := time.Now()
			must(t, m.open(t).Put(ctx, "a1", kept("r1", now)))
			m.skew = skew
			r, err := m.open(t).Get(ctx, "a1")
			must(t, err)
			there := now.Add(skew) // as that machine's clock shows the same moment
			if !r.Set.FreshFor(time.Minute, there) || r.Set.FreshFor(61*time.Minute, there) {
				t.Errorf("obtained %v, expires %v, and it is %v", r.Set.ObtainedAt, r.Set.ExpiresAt, there)
			}
			must(t, m.open(t).Put(ctx, "b2", kept("r1", there)))
			m.skew = 0
			back, err := m.open(t).Get(ctx, "b2")
			must(t, err)
			if d := back.Set.ObtainedAt.Sub(now).Abs(); d > 5*time.Second {
				t.Errorf("obtained %s away", d)
			}
			lease, err := m.open(t).Lock(ctx, "a1")
			must(t, err)
			defer lease.Unlock()
			m.skew = skew
			m.waits(t)
		})
	}
}

// An engine that cannot say how old a version is: who waits measures it itself.
func TestAnEngineWithoutAClock(t *testing.T) {
	m, ctx := newMachines(), t.Context()
	m.engine.NoAge = true
	_, err := m.open(t).Lock(ctx, "a1") // and dies
	must(t, err)
	m.pass(time.Hour) // nobody saw it then
	m.waits(t)
	got := make(chan error)
	go func() {
		_, err := m.open(t).Lock(ctx, "a1")
		got <- err
	}()
	time.Sleep(200 * time.Millisecond) // until it has seen the claim
	m.pass(16 * time.Second)
	if err := <-got; err != nil {
		t.Error(err)
	}
}

func TestTakeoverNever(t *testing.T) {
	m, ctx := newMachines(), t.Context()
	m.limits.Never = true
	lease, err := m.open(t).Lock(ctx, "a1")
	must(t, err)
	must(t, lease.Hold(ctx))
	m.pass(91 * time.Second)
	_, err = m.open(t).Lock(ctx, "a1")
	if fault.KindOf(err) != fault.Store || !strings.Contains(err.Error(), "ci@runner-7 (https://ci.example/job/1): sent 1m3") {
		t.Errorf("got %v", err)
	}
}

func TestAClaimThatLastsIsNamed(t *testing.T) {
	m, ctx := newMachines(), t.Context()
	lease, err := m.open(t).Lock(ctx, "a1")
	must(t, err)
	must(t, lease.Hold(ctx))
	if all, err := m.open(t).All(ctx); err != nil || len(all) != 1 || !all[0].Absent || all[0].Claim == nil || all[0].Claim.Holder.Host != "runner-7" {
		t.Errorf("%v %v", all, err)
	}
	if list, err := m.open(t).List(ctx); err != nil || len(list) != 0 {
		t.Errorf("a claim is listed as a record: %v %v", list, err)
	}
	m.limits.Wait = 50 * time.Millisecond
	if _, err = m.open(t).Lock(ctx, "a1"); fault.KindOf(err) != fault.Store || !strings.Contains(err.Error(), "ci@runner-7") {
		t.Errorf("got %v", err)
	}
}

// An engine that takes no write, or where others are always quicker, has an end.
func TestOthersAreAlwaysQuicker(t *testing.T) {
	m, ctx := newMachines(), t.Context()
	m.limits.Wait = 50 * time.Millisecond
	m.engine.Before = func(op string) error {
		if strings.HasPrefix(op, "swap") {
			return engine.ErrMoved
		}
		return nil
	}
	for name, call := range map[string]func(s *store.Store) error{
		"lock": func(s *store.Store) error { _, err := s.Lock(ctx, "a1"); return err },
		"turn": func(s *store.Store) error { _, err := s.Turn(ctx, "a1", func() {}); return err },
		"put":  func(s *store.Store) error { return s.Put(ctx, "a1", kept("r1", time.Now())) },
	} {
		if err := call(m.open(t)); fault.KindOf(err) != fault.Store || !strings.Contains(err.Error(), "again and again") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is listed and cannot be opened is told of once, in one line, however much it is.
func TestWhatCannotBeOpenedIsToldOnce(t *testing.T) {
	m, ctx := newMachines(), t.Context()
	s := m.open(t)
	must(t, s.Ready(ctx), s.Put(ctx, "a1", kept("r1", time.Now())), s.Put(ctx, "b2", kept("r2", time.Now())), s.Put(ctx, "c3", kept("r3", time.Now())))
	m.key = 2
	s = m.open(t)
	must(t, s.Put(ctx, "d4", kept("r4", time.Now())))
	for range 2 {
		if all, err := s.List(ctx); err != nil || len(all) != 1 {
			t.Errorf("%v %v", all, err)
		}
	}
	if all, err := s.All(ctx); err != nil || len(all) != 4 || !all[0].Unread || all[3].Unread {
		t.Errorf("%v %v", all, err)
	}
	if len(m.warned) != 1 || !strings.Contains(m.warned[0], "3 kept tokens are ignored") || !strings.Contains(m.warned[0], "under another key") {
		t.Errorf("told %q", m.warned)
	}
}

// Sixty processes in two homes, and nothing kept: one asks.
func TestAFleetAsksOnce(t *testing.T) {
	m, ctx := newMachines(), t.Context()
	m.limits = store.Limits{}
	var asked atomic.Int32
	var wg sync.WaitGroup
	began := time.Now()
	for range 60 {
		wg.Go(func() {
			s := m.open(t)
			for {
				lease, err := s.Lock(ctx, "a1")
				if err != nil {
					t.Error(err)
					return
				}
				_, err = s.Get(ctx, "a1")
				if errors.Is(err, store.ErrAbsent) {
					if err = lease.Hold(ctx); err == nil {
						asked.Add(1)
						time.Sleep(50 * time.Millisecond)
						err = s.Put(ctx, "a1", kept("r1", time.Now()))
					}
				}
				lease.Unlock()
				if errors.Is(err, store.ErrOvertaken) {
					continue
				}
				if err != nil {
					t.Error(err)
				}
				return
			}
		})
	}
	wg.Wait()
	if asked.Load() != 1 {
		t.Errorf("%d requests", asked.Load())
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

// Eight machines that rotate one refresh token a thousand times never send one twice.
func TestAThousandRotations(t *testing.T) {
	m, ctx := newMachines(), t.Context()
	m.limits = store.Limits{}
	must(t, m.open(t).Put(ctx, "a1", kept("0", time.Now())))
	var mu sync.Mutex
	spent, reuses, count := map[string]bool{}, 0, 0
	post := func(refresh string) string {
		mu.Lock()
		defer mu.Unlock()
		if spent[refresh] {
			reuses++
		}
		spent[refresh] = true
		count++
		return fmt.Sprint(count)
	}
	enough := func() bool { mu.Lock(); defer mu.Unlock(); return count >= 1000 }
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for !enough() {
				r := m.begin(t)
				err := r.intent(ctx)
				if err == nil {
					err = r.lease.Hold(ctx)
				}
				if err == nil {
					next := post(r.rec.Set.RefreshToken.Reveal())
					err = errors.Join(r.raw(ctx, next), r.final(ctx, next))
				}
				r.lease.Unlock()
				if err != nil && !errors.Is(err, store.ErrOvertaken) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if reuses != 0 || m.at(t, "a1") != fmt.Sprint(count) {
		t.Errorf("%d reuses of %d, left %s", reuses, count, m.at(t, "a1"))
	}
}
