package app

import (
	"context"
	"testing"
	"time"

	"authctl/internal/config"
	"authctl/internal/store"
)

// A key in the keyring has one lock, whichever store each command is told.
func TestAKeyIsLockedWhateverTheStoreKeeps(t *testing.T) {
	folder := t.TempDir()
	with := func(kind string) *App {
		return &App{Sys: Host(), Settings: config.Settings{Store: kind, StoreChosen: true, StateDir: folder}}
	}
	for _, kinds := range [][2]string{{store.KindNone, store.KindNone}, {store.KindNone, store.KindFile}, {store.KindFile, store.KindNone}} {
		unlock, err := with(kinds[0]).Rotation().Lock(t.Context(), "p", "k")
		if err != nil {
			t.Fatal(err)
		}
		short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if _, err := with(kinds[1]).Rotation().Lock(short, "p", "k"); err == nil {
			t.Errorf("%s: locked twice", kinds)
		}
		cancel()
		unlock()
		again, err := with(kinds[1]).Rotation().Lock(t.Context(), "p", "k")
		if err != nil {
			t.Fatalf("%s: %v", kinds, err)
		}
		again()
	}
}
