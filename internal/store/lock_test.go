//go:build unix

package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"authctl/internal/store"
)

// The file is what the kernel locks: a new one of the same name would be another lock.
func TestALockFileStays(t *testing.T) {
	contract(t, "stays", func(t *testing.T, k *kit) {
		lease, err := k.open(t).Lock(t.Context(), "a1")
		must(t, err)
		lease.Unlock()
		if _, err := os.Stat(filepath.Join(k.dir, "locks", "a1.lock")); err != nil {
			t.Error("the lock file was removed")
		}
	})
}

// TestMain lets the test binary be another process that uses the same store.
func TestMain(m *testing.M) {
	switch role, dir := os.Getenv("STORE_TEST_ROLE"), os.Getenv("STORE_TEST_DIR"); role {
	case "hold":
		s, err := store.Open(store.Options{Kind: store.KindFile, Dir: dir})
		if err == nil {
			_, err = s.Lock(context.Background(), "a1")
		}
		fmt.Println("held", err)
		time.Sleep(time.Minute)
	case "put":
		fmt.Println(putUnderLock(dir, os.Getenv("STORE_TEST_SUBJECT")))
	case "full":
		fmt.Println(putOnAFullDisk(dir))
	default:
		os.Exit(m.Run())
	}
}

func other(role, dir string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "STORE_TEST_ROLE="+role, "STORE_TEST_DIR="+dir)
	return cmd
}

// elsewhere returns what another process says.
func elsewhere(t *testing.T, role, dir string) string {
	t.Helper()
	out, err := other(role, dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestAKilledHolderBlocksNobody(t *testing.T) {
	k := newKit(t, store.KindFile)
	holder := other("hold", k.dir)
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 64)
	if n, err := out.Read(line); err != nil || string(line[:n]) != "held <nil>\n" {
		t.Fatalf("%q %v", line[:n], err)
	}
	short, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := k.open(t).Lock(short, "a1"); err == nil {
		t.Error("two processes hold it")
	}
	waiting := make(chan error)
	go func() {
		lease, err := k.open(t).Lock(context.Background(), "a1")
		if err == nil {
			lease.Unlock()
		}
		waiting <- err
	}()
	time.Sleep(50 * time.Millisecond) // until it waits
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait()
	if err := <-waiting; err != nil {
		t.Error(err)
	}
	lease, err := k.open(t).Lock(context.Background(), "a1")
	if err != nil {
		t.Fatal(err)
	}
	lease.Unlock()
}

// The kernel gives the lock also to a waiter that is not interested any more.
func TestAWaiterThatGaveUpHoldsNothing(t *testing.T) {
	k := newKit(t, store.KindFile)
	lease, err := k.open(t).Lock(t.Context(), "a1")
	if err != nil {
		t.Fatal(err)
	}
	for name, wait := range map[string]func(context.Context) error{
		"for a request": func(ctx context.Context) error { _, err := k.open(t).Lock(ctx, "a1"); return err },
		"for a login":   func(ctx context.Context) error { _, err := k.open(t).Turn(ctx, "a1", func() {}); return err },
	} {
		short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if err := wait(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
	}
	lease.Unlock()
	soon, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	again, err := k.open(t).Lock(soon, "a1")
	if err != nil {
		t.Fatal(err)
	}
	again.Unlock()
}

func TestTheSealingKeyIsMadeOnce(t *testing.T) {
	contract(t, "made once", func(t *testing.T, k *kit) {
		ctx := context.Background()
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				if err := k.open(t).Put(ctx, fmt.Sprintf("a%d", i), full()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if list, err := k.open(t).List(ctx); err != nil || len(list) != 16 || len(k.warnings) != 0 {
			t.Errorf("%d readable, %v, %q", len(list), err, k.warnings)
		}
	})
}
