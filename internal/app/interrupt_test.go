//go:build unix

package app_test

import (
	"context"
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"authctl/internal/app"
)

func TestInterruptible(t *testing.T) {
	ctx, stop := app.Interruptible()
	stop() // nothing to give back yet
	if ctx.Err() != nil || ctx.Value(t) != nil {
		t.Error("it ended before it began")
	}
	child, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	select {
	case <-child.Done():
	case <-time.After(5 * time.Second):
		t.Fatal("the signal went unnoticed")
	}
	if !errors.Is(ctx.Err(), context.Canceled) || !errors.Is(child.Err(), context.Canceled) || context.Cause(ctx) == nil {
		t.Errorf("%v, %v, %v", ctx.Err(), child.Err(), context.Cause(ctx))
	}
	stop()
}
