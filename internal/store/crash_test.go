//go:build unix

package store_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"authctl/internal/store"
)

// steps are the system calls of a write: making folders, locking, the
// temporary file, its fsync and rename, the folder's fsync.
func steps() []string { return []string{"mkdirat", "openat", "flock", "write", "fsync", "renameat"} }

// docs/threats.md 45: SIGKILL at each of these calls leaves the record
// readable, the old one or the new one, and the lock free.
func TestKilledAtEveryStepOfAWrite(t *testing.T) {
	needsStrace(t)
	k := newKit(t, store.KindFile)
	old, kills := "-", 0
	seen := map[string]bool{}
	for _, call := range steps() {
		for n, killed := 1, true; killed; n++ {
			next := call + " " + strconv.Itoa(n)
			if killed = killedAt(t, k.dir, next, call, n); killed {
				kills++
			}
			checkAfter(t, k, old, next, killed, seen)
			if t.Failed() {
				t.Fatalf("killed at %s: %v", next, killed)
			}
			if r, err := k.open(t).Get(context.Background(), "a1"); err == nil {
				old = r.Subject
			}
		}
	}
	if !seen["old"] || !seen["new"] || kills < 10 {
		t.Errorf("%d kills left only %v records: they missed the write", kills, seen)
	}
}

func needsStrace(t *testing.T) {
	t.Helper()
	if exec.Command("strace", "-o", os.DevNull, "true").Run() != nil {
		t.Skip("strace is not installed or not allowed here")
	}
}

// docs/threats.md 24: the bytes are on the disk before the name points to
// them, and the name is before the write has ended.
func TestAWriteIsDurable(t *testing.T) {
	needsStrace(t)
	k := newKit(t, store.KindFile)
	must(t, k.open(t).Put(context.Background(), "a1", full())) // the key is there
	writer, trace := other("put", k.dir), filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command("strace", "-f", "-y", "-o", trace, "-e", "trace=fsync,renameat,rename", writer.Path)
	cmd.Env = append(writer.Env, "STORE_TEST_SUBJECT=x")
	must(t, cmd.Run())
	raw, err := os.ReadFile(trace)
	must(t, err)
	var calls []string
	for line := range strings.Lines(string(raw)) {
		_, call, _ := strings.Cut(line, " ")
		call, rest, ok := strings.Cut(strings.TrimSpace(call), "(")
		if what := ""; ok {
			switch {
			case strings.Contains(rest, "records/file/a1.rec.tmp-"):
				what = " the file"
			case strings.Contains(rest, "records/file>"):
				what = " the folder"
			}
			calls = append(calls, call+what)
		}
	}
	if got := strings.Join(calls, ", "); got != "fsync the file, renameat the file, fsync the folder" {
		t.Errorf("%s\n%s", got, raw)
	}
}

// killedAt has another process write a record and kills it at its n-th such
// call; false when it makes fewer.
func killedAt(t *testing.T, dir, subject, call string, n int) bool {
	t.Helper()
	writer := other("put", dir)
	cmd := exec.Command("strace", "-f", "-o", os.DevNull, "-e", "trace="+call, "-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", call, n), writer.Path)
	cmd.Env = append(writer.Env, "STORE_TEST_SUBJECT="+subject)
	out, err := cmd.Output()
	if err == nil && string(out) != "written\n" {
		t.Fatalf("it said %q", out)
	}
	return err != nil
}

func checkAfter(t *testing.T, k *kit, old, next string, killed bool, seen map[string]bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	s := k.open(t)
	lease, err := s.Lock(ctx, "a1")
	if err != nil {
		t.Errorf("the lock is not free: %v", err)
		return
	}
	lease.Unlock()
	r, err := s.Get(ctx, "a1")
	switch {
	case err != nil && old == "-" && killed: // nothing was there, and nothing is
	case err != nil || !slices.Contains([]string{old, next}, r.Subject) || !killed && r.Subject != next:
		t.Errorf("subject %q (old %q, new %q), %v", r.Subject, old, next, err)
	case killed:
		seen[map[bool]string{true: "new", false: "old"}[r.Subject == next]] = true
	}
	if bad, _ := filepath.Glob(filepath.Join(k.dir, "records", k.kind, "*.bad")); len(bad) != 0 || len(k.warnings) != 0 {
		t.Errorf("set aside: %v %q", bad, k.warnings)
	}
}

// putUnderLock is what the killed process does.
func putUnderLock(dir, subject string) string {
	ctx := context.Background()
	key := store.NewFileKey(dir, func(string) (string, bool) { return "", false })
	s, err := store.Open(store.Options{Kind: store.KindFile, Dir: dir, Key: key, Rand: rand.Reader, Now: time.Now})
	if err != nil {
		return err.Error()
	}
	lease, err := s.Lock(ctx, "a1")
	if err != nil {
		return err.Error()
	}
	defer lease.Unlock()
	r := full()
	r.Subject = subject
	if err := s.Put(ctx, "a1", r); err != nil {
		return err.Error()
	}
	return "written"
}
