//go:build unix

package host_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"authctl/internal/host"
)

const patience = 5 * time.Second

func raise(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(os.Getpid(), sig); err != nil {
		t.Fatal(err)
	}
}

func TestTheFirstSignalEndsTheContext(t *testing.T) {
	s := host.NewSignals(nil, nil)
	ctx := s.Context()
	s.Stop() // nothing to give back yet
	if ctx.Err() != nil || ctx.Value(t) != nil {
		t.Error("it ended before it began")
	}
	child, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	raise(t, syscall.SIGHUP)
	select {
	case <-child.Done():
	case <-time.After(patience):
		t.Fatal("the signal went unnoticed")
	}
	for what, err := range map[string]error{"ctx": ctx.Err(), "child": child.Err(), "cause": context.Cause(child)} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", what, err)
		}
	}
	s.Stop()
}

func TestASecondSignalEndsAtOnce(t *testing.T) {
	for name, tt := range map[string]struct {
		before func(*host.Signals)
		want   string // what is said, "" when nothing ends
	}{
		"nothing to lose":   {func(*host.Signals) {}, "authctl: interrupted again: ended at once\n"},
		"a token is spent":  {func(s *host.Signals) { s.Spending("a token may be lost") }, "authctl: interrupted again: ended at once; a token may be lost\n"},
		"it was spent":      {func(s *host.Signals) { s.Spending("x")() }, "authctl: interrupted again: ended at once\n"},
		"a child's":         {func(s *host.Signals) { s.Lend() }, ""},
		"a child's, before": {func(s *host.Signals) { s.Lend()() }, "authctl: interrupted again: ended at once\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var said bytes.Buffer
			code := make(chan int, 1)
			s := host.NewSignals(&said, func(c int) { code <- c })
			defer s.Stop()
			tt.before(s)
			done := s.Context().Done()
			raise(t, syscall.SIGINT)
			<-done
			raise(t, syscall.SIGINT) // the same one, told twice
			select {
			case <-code:
				t.Fatal("one signal that came twice ended everything")
			case <-time.After(200 * time.Millisecond):
			}
			raise(t, syscall.SIGTERM)
			select {
			case got := <-code:
				if got != 130 || said.String() != tt.want {
					t.Errorf("exit %d, %q", got, said.String())
				}
			case <-time.After(500 * time.Millisecond):
				if tt.want != "" {
					t.Error("still there")
				}
			}
			if tt.want == "" && strings.Contains(said.String(), "ended") {
				t.Error(said.String())
			}
		})
	}
}
