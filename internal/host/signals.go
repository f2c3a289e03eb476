package host

import (
	"context"
	"io"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"authctl/internal/fault"
	"authctl/internal/shown"
)

// Signals are SIGINT, SIGTERM and SIGHUP on their way to the command. The first
// ends its context, so that it can finish what must not be cut off; a second one
// ends the process at once, whatever it does, and says what that may have cost.
type Signals struct {
	ctx  *interruptible
	say  io.Writer
	exit func(code int)

	began    atomic.Bool // a signal came
	lent     atomic.Int32
	spending atomic.Pointer[string]
}

// NewSignals takes no notice of anything yet: see Context. say is where a second
// signal is answered, exit what ends the process.
func NewSignals(say io.Writer, exit func(code int)) *Signals {
	s := &Signals{say: say, exit: exit}
	s.ctx = &interruptible{Context: context.Background(), first: s.watch}
	return s
}

// Context ends with the first signal, from the moment somebody first asks for
// its Done channel, as does all that waits and every context with a deadline
// made from it. Before, signals end the process, as with any program that takes
// no notice of them: taking notice starts a thread, a tenth of a fresh token.
func (s *Signals) Context() context.Context { return s.ctx }

// Stop gives the signals back.
func (s *Signals) Stop() {
	if n := s.ctx.noticed.Load(); n != nil {
		n.stop()
	}
}

// Spending says until done what an end at once would lose, such as a refresh
// token that is on its way to the server; what is a part of a sentence.
func (s *Signals) Spending(what string) (done func()) {
	s.spending.Store(&what)
	return func() { s.spending.Store(nil) }
}

// Lend leaves further signals to a child that has the terminal, until back.
func (s *Signals) Lend() (back func()) {
	s.lent.Add(1)
	return func() { s.lent.Add(-1) }
}

// once is how close two signals are that a person meant as one: the terminal
// tells every process of a job, and some parents tell theirs again.
const once = 50 * time.Millisecond

// watch is what the first call of Done begins.
func (s *Signals) watch() *notice {
	caught, stopped, over := make(chan os.Signal, 1), make(chan struct{}), make(chan struct{})
	signal.Notify(caught, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		s.follow(caught, stopped, cancel)
		close(over)
	}()
	return &notice{ctx, sync.OnceFunc(func() {
		signal.Stop(caught)
		close(stopped)
		<-over
		cancel()
	})}
}

func (s *Signals) follow(caught <-chan os.Signal, stopped <-chan struct{}, first func()) {
	var same <-chan time.Time // until when a signal is still the first one
	for {
		select {
		case <-stopped:
			if len(caught) > 0 {
				s.began.Store(true)
			}
			return
		case <-same:
			same = nil
		case <-caught:
			switch {
			case s.began.CompareAndSwap(false, true):
				first()
				same = time.After(once)
			case same == nil && s.lent.Load() == 0:
				s.atOnce()
			}
		}
	}
}

func (s *Signals) atOnce() {
	line := "authctl: interrupted again: ended at once"
	if what := s.spending.Load(); what != nil {
		line += "; " + *what
	}
	_ = shown.Fprintf(s.say, "%s\n", shown.Line(line))
	s.exit(fault.Interrupted.ExitCode())
}

// interruptible is a context that begins to watch with the first call of Done.
type interruptible struct {
	context.Context
	first   func() *notice
	once    sync.Once
	noticed atomic.Pointer[notice]
}

type notice struct {
	context.Context
	stop func()
}

func (c *interruptible) Done() <-chan struct{} {
	c.once.Do(func() { c.noticed.Store(c.first()) })
	return c.current().Done()
}

func (c *interruptible) Err() error { return c.current().Err() }

// Value also lets contexts made from this one find what ends it.
func (c *interruptible) Value(key any) any { return c.current().Value(key) }

func (c *interruptible) current() context.Context {
	if n := c.noticed.Load(); n != nil {
		return n
	}
	return c.Context
}
