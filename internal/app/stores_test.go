package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"authctl/internal/fakes"
	"authctl/internal/fault"
	"authctl/internal/store"
)

// Where this machine's disk takes nothing there is nothing to guard; where a
// store that machines share cannot be written, every one of them would ask.
func TestOnlyAnOwnStoreIsGoneOnWithoutALock(t *testing.T) {
	refused := func(string) error { return fmt.Errorf("connect: %w", syscall.EACCES) } // a firewall's word
	shared, err := store.Open(store.Options{
		Kind: store.KindVault, Rand: rand.Reader, Now: time.Now,
		Shared: &store.Shared{Engine: &fakes.Engine{Before: refused}, Keys: func(context.Context) ([][]byte, error) {
			return [][]byte{bytes.Repeat([]byte{1}, store.KeySize)}, nil
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&stores{Store: shared}).Lock(t.Context(), "a1"); fault.KindOf(err) != fault.Store {
		t.Errorf("a lock of a shared store that cannot be written: %v", err)
	}
	if runtime.GOOS == "windows" {
		return // no HOME is /dev/null there
	}
	own, err := store.Open(store.Options{Kind: store.KindFile, Dir: "/dev/null/state", Rand: rand.Reader, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&stores{Store: own}).Lock(t.Context(), "a1"); err != nil {
		t.Errorf("a lock of a store of this machine's: %v", err)
	}
}
