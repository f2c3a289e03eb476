package app

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
)

// Interruptible is a context that SIGINT, SIGTERM and SIGHUP end, from the
// moment somebody first asks for its Done channel, as does all that waits and
// every context with a deadline made from it. Before, they end the process, as
// with any program that takes no notice of them: taking notice starts a thread,
// which is a tenth of the time of a fresh token. stop gives the signals back.
func Interruptible() (ctx context.Context, stop func()) {
	c := &interruptible{Context: context.Background()}
	return c, func() {
		if n := c.noticed.Load(); n != nil {
			n.stop()
		}
	}
}

type interruptible struct {
	context.Context
	once    sync.Once
	noticed atomic.Pointer[notice]
}

type notice struct {
	context.Context
	stop func()
}

func (c *interruptible) Done() <-chan struct{} {
	c.once.Do(func() {
		ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
		c.noticed.Store(&notice{ctx, stop})
	})
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
