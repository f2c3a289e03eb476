//go:build unix

package store_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"authctl/internal/fakes"
	"authctl/internal/fault"
	"authctl/internal/secret"
	"authctl/internal/store"
)

func (k *kit) record(key string) string { return filepath.Join(k.dir, "records", k.kind, key+".rec") }

// spoil puts something else where a good record was.
func spoil(t *testing.T, path string, change func(b []byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(b), 0o600); err != nil {
		t.Fatal(err)
	}
}

func flip(at int) func([]byte) []byte {
	return func(b []byte) []byte {
		if at < 0 {
			at += len(b)
		}
		b[at] ^= 1
		return b
	}
}

func TestABadRecordIsSetAside(t *testing.T) {
	ctx := context.Background()
	for name, spoilIt := range map[string]func(t *testing.T, path string){
		"empty":              func(t *testing.T, p string) { spoil(t, p, func([]byte) []byte { return nil }) },
		"truncated":          func(t *testing.T, p string) { spoil(t, p, func(b []byte) []byte { return b[:len(b)-1] }) },
		"cut in the header":  func(t *testing.T, p string) { spoil(t, p, func(b []byte) []byte { return b[:20] }) },
		"another format":     func(t *testing.T, p string) { spoil(t, p, flip(7)) },
		"another generation": func(t *testing.T, p string) { spoil(t, p, flip(23)) },
		"another profile":    func(t *testing.T, p string) { spoil(t, p, flip(26)) },
		"a long profile":     func(t *testing.T, p string) { spoil(t, p, flip(24)) },
		"another nonce":      func(t *testing.T, p string) { spoil(t, p, flip(32)) },
		"another tag":        func(t *testing.T, p string) { spoil(t, p, flip(-1)) },
		"text":               func(t *testing.T, p string) { spoil(t, p, func([]byte) []byte { return []byte("{}") }) },
		"huge": func(t *testing.T, p string) {
			spoil(t, p, func(b []byte) []byte { return make([]byte, store.MaxRecord+1) })
		},
		"open to others":       func(t *testing.T, p string) { must(t, os.Chmod(p, 0o644)) },
		"a symbolic link":      func(t *testing.T, p string) { must(t, os.Rename(p, p+"x"), os.Symlink(p+"x", p)) },
		"a link to nothing":    func(t *testing.T, p string) { must(t, os.Remove(p), os.Symlink("/nowhere", p)) },
		"a FIFO":               func(t *testing.T, p string) { must(t, os.Remove(p), syscall.Mkfifo(p, 0o600)) },
		"a folder":             func(t *testing.T, p string) { must(t, os.Remove(p), os.Mkdir(p, 0o700)) },
		"another key's record": func(t *testing.T, p string) { must(t, os.Rename(strings.Replace(p, "a1", "b2", 1), p)) },
	} {
		contract(t, name, func(t *testing.T, k *kit) {
			s := k.open(t)
			must(t, s.Put(ctx, "a1", full()), s.Put(ctx, "b2", full()))
			spoilIt(t, k.record("a1"))
			held := time.AfterFunc(time.Minute, func() { panic("the store waits for " + name) }) // nothing else ends an open FIFO
			for range 2 {
				if _, err := k.open(t).Get(ctx, "a1"); !errors.Is(err, store.ErrAbsent) {
					t.Errorf("got %v", err)
				}
			}
			held.Stop()
			why := map[string]string{"huge": "larger than 256 KiB", "a FIFO": "not a plain file", "truncated": "damaged"}[name]
			if len(k.warnings) != 1 || strings.Contains(k.warnings[0], "canary") || !strings.Contains(k.warnings[0], why) {
				t.Errorf("warnings: %q", k.warnings)
			}
			must(t, s.Put(ctx, "a1", full()))
			if _, err := k.open(t).Get(ctx, "a1"); err != nil {
				t.Errorf("after a new record: %v", err)
			}
			must(t, s.Delete(ctx, "a1"))
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(k.record("a1")), "a1*.bad")); len(left) != 0 && name != "a folder" {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestAnotherSealingKeyLosesNothing(t *testing.T) {
	ctx := context.Background()
	k := newKit(t, store.KindFile)
	must(t, k.open(t).Put(ctx, "a1", full()))
	keyFile := filepath.Join(k.dir, "store-key")
	must(t, os.Rename(keyFile, keyFile+".old"))
	must(t, k.open(t).Put(ctx, "b2", full())) // makes a new key
	s := k.open(t)
	for range 2 {
		if _, err := s.Get(ctx, "a1"); !errors.Is(err, store.ErrAbsent) || len(k.warnings) != 1 {
			t.Errorf("%v, %q", err, k.warnings)
		}
	}
	must(t, os.Rename(keyFile+".old", keyFile))
	if _, err := k.open(t).Get(ctx, "a1"); err != nil {
		t.Errorf("under its own key again: %v", err)
	}
}

func TestANewRecordSetsAForeignOneAside(t *testing.T) {
	ctx := context.Background()
	k := newKit(t, store.KindFile)
	must(t, k.open(t).Put(ctx, "a1", full()))
	must(t, os.Remove(filepath.Join(k.dir, "store-key")))
	must(t, k.open(t).Put(ctx, "a1", full()))
	if _, err := os.Stat(strings.TrimSuffix(k.record("a1"), ".rec") + ".bad"); err != nil || len(k.warnings) != 1 {
		t.Errorf("%v, %q", err, k.warnings)
	}
}

// A keyring that was reset takes sessions with it: that is said, once, before
// anybody wonders why a person has to log in again.
func TestAKeyThatIsGoneIsTold(t *testing.T) {
	contract(t, "gone", func(t *testing.T, k *kit) {
		ctx := context.Background()
		must(t, k.open(t).Put(ctx, "a1", full()), k.open(t).Put(ctx, "b2", full()))
		k.ring = &fakes.Keyring{}
		_ = os.Remove(filepath.Join(k.dir, "store-key"))
		s := k.open(t)
		if _, err := s.Get(ctx, "a1"); !errors.Is(err, store.ErrAbsent) {
			t.Errorf("got %v", err)
		}
		if list, err := s.List(ctx); err != nil || len(list) != 0 {
			t.Errorf("%v %v", list, err)
		}
		must(t, s.Put(ctx, "a1", full())) // sets the old one aside, which is no second piece of news
		if len(k.warnings) != 1 || !strings.Contains(k.warnings[0], "the keyring was reset") {
			t.Errorf("warned %q", k.warnings)
		}
	})
}

func TestAKeyOfAnotherLengthNamesItsPlace(t *testing.T) {
	ctx := context.Background()
	for _, bad := range []string{"", "c2hvcnQ=", "no base64!", strings.Repeat("k", 33)} {
		dir := t.TempDir()
		own, given := filepath.Join(dir, "store-key"), filepath.Join(dir, "given")
		must(t, os.Chmod(dir, 0o700), os.WriteFile(own, []byte(bad), 0o600), os.WriteFile(given, []byte(bad), 0o600))
		for path, key := range map[string]store.FileKey{
			own:   store.NewFileKey(dir, func(string) (string, bool) { return "", false }),
			given: store.NewFileKey(dir, func(n string) (string, bool) { return given, n == "AUTHCTL_STORE_KEY_FILE" }),
		} {
			err := firstErr(key.Load(ctx))
			if fault.KindOf(err) != fault.Store || !strings.Contains(err.Error(), path) || bad != "" && strings.Contains(err.Error(), bad) {
				t.Errorf("%q: %v", bad, err)
			}
		}
	}
}

func TestAKeyThatCannotBeReadIsNotReplaced(t *testing.T) {
	ctx := context.Background()
	for name, spoilKey := range map[string]func(t *testing.T, path string){
		"damaged":     func(t *testing.T, p string) { must(t, os.WriteFile(p, []byte("short"), 0o600)) },
		"empty":       func(t *testing.T, p string) { must(t, os.Truncate(p, 0)) },
		"open to all": func(t *testing.T, p string) { must(t, os.Chmod(p, 0o644)) },
		"a link":      func(t *testing.T, p string) { must(t, os.Rename(p, p+"x"), os.Symlink(p+"x", p)) },
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t, store.KindFile)
			must(t, k.open(t).Put(ctx, "a1", full()))
			path := filepath.Join(k.dir, "store-key")
			spoilKey(t, path)
			before, _ := os.ReadFile(path)
			for what, err := range map[string]error{
				"put": k.open(t).Put(ctx, "b2", full()), "ready": k.open(t).Ready(ctx), "get": second(k.open(t).Get(ctx, "a1")),
			} {
				if fault.KindOf(err) != fault.Store {
					t.Errorf("%s: %v", what, err)
				}
			}
			if after, _ := os.ReadFile(path); string(after) != string(before) {
				t.Error("the key was replaced")
			}
		})
	}
}

func second(_ store.Record, err error) error { return err }

func TestTheKeyringFailingIsNotAbsence(t *testing.T) {
	ctx := context.Background()
	k := newKit(t, store.KindKeyring)
	must(t, k.open(t).Put(ctx, "a1", full()))
	k.ring.Fail = func(string) error { return errors.New("locked or so") }
	for what, err := range map[string]error{
		"put": k.open(t).Put(ctx, "a1", full()), "ready": k.open(t).Ready(ctx), "get": second(k.open(t).Get(ctx, "a1")),
	} {
		if fault.KindOf(err) != fault.Store || errors.Is(err, store.ErrAbsent) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := k.open(t).Get(ctx, "nothing"); !errors.Is(err, store.ErrAbsent) {
		t.Errorf("a miss needs no key: %v", err)
	}
}

// TestAKeyringThatFailedIsNotAskedAgain: each question may put a prompt before a person.
func TestAKeyringThatFailedIsNotAskedAgain(t *testing.T) {
	ctx := context.Background()
	k := newKit(t, store.KindKeyring)
	must(t, k.open(t).Put(ctx, "a1", full()))
	k.ring.Fail = func(string) error { return errors.New("locked or so") }
	s, before := k.open(t), k.ring.Calls()
	for range 3 {
		if _, err := s.Get(ctx, "a1"); fault.KindOf(err) != fault.Store {
			t.Errorf("got %v", err)
		}
	}
	if n := k.ring.Calls() - before; n != 1 {
		t.Errorf("%d calls", n)
	}
}

func TestADismissedPromptIsNoKey(t *testing.T) {
	k := newKit(t, store.KindKeyring)
	k.ring.Forget = true
	if err := k.open(t).Ready(context.Background()); fault.KindOf(err) != fault.Store {
		t.Errorf("got %v", err)
	}
}

func TestAFreshHitIsCheap(t *testing.T) {
	ctx := context.Background()
	k := newKit(t, store.KindKeyring)
	must(t, k.open(t).Put(ctx, "a1", full()))
	before := k.ring.Calls()
	s := k.open(t)
	if _, err := s.Get(ctx, "a1"); err != nil {
		t.Fatal(err)
	}
	if n := k.ring.Calls() - before; n != 1 {
		t.Errorf("%d keyring calls", n)
	}
	// Nothing is created either: a hit works in a read-only folder and takes no lock.
	must(t, os.RemoveAll(filepath.Join(k.dir, "locks")))
	if _, err := k.open(t).Get(ctx, "a1"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(k.dir, "locks")); err == nil {
		t.Error("a read made a lock folder")
	}
}

func TestFoldersOpenToOthersAreRefused(t *testing.T) {
	ctx := context.Background()
	for _, sub := range []string{"records/file", "locks"} {
		k := newKit(t, store.KindFile)
		must(t, os.MkdirAll(filepath.Join(k.dir, sub), 0o755), os.Chmod(filepath.Join(k.dir, sub), 0o755))
		if err := k.open(t).Put(ctx, "a1", full()); fault.KindOf(err) != fault.Store {
			t.Errorf("%s: %v", sub, err)
		}
	}
	k := newKit(t, store.KindFile)
	must(t, os.MkdirAll(filepath.Join(k.dir, "records"), 0o700), os.Symlink(t.TempDir(), filepath.Join(k.dir, "records", "file")))
	if err := k.open(t).Put(ctx, "a1", full()); fault.KindOf(err) != fault.Store {
		t.Errorf("a link: %v", err)
	}
}

// snapshot is every name below dir with mode, owner and time of change.
func snapshot(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	must(t, filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		must(t, err)
		info, err := d.Info()
		must(t, err)
		_, err = fmt.Fprintln(&b, p, info.Mode(), info.Size(), info.ModTime().UnixNano())
		return err
	}))
	return b.String()
}

// everyUse is each way to use a store, with what it answers about a1.
func everyUse(s *store.Store) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"get":    func(ctx context.Context) error { return second(s.Get(ctx, "a1")) },
		"put":    func(ctx context.Context) error { return s.Put(ctx, "a1", full()) },
		"delete": func(ctx context.Context) error { return s.Delete(ctx, "a1") },
		"list":   func(ctx context.Context) error { _, err := s.List(ctx); return err },
	}
}

// docs/threats.md 24: what another user owns is neither read nor touched, not
// even by root, who could do both.
func TestAForeignOwnerIsRefused(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file away")
	}
	const other = 12345
	for _, name := range []string{"records/file/a1.rec", "records/file", "store-key"} {
		for use := range everyUse(nil) {
			t.Run(name+" "+use, func(t *testing.T) {
				ctx := t.Context()
				k := newKit(t, store.KindFile)
				must(t, k.open(t).Put(ctx, "a1", full()), os.Chown(filepath.Join(k.dir, name), other, -1))
				if name == "store-key" && use == "delete" {
					t.Skip("deleting needs no key")
				}
				before := snapshot(t, k.dir)
				err := everyUse(k.open(t))[use](ctx)
				if fault.KindOf(err) != fault.Store || len(k.warnings) > 0 {
					t.Errorf("%v, %q", err, k.warnings)
				}
				if name != "store-key" && !strings.Contains(fmt.Sprint(err), "uid 12345") {
					t.Errorf("the owner is not named: %v", err)
				}
				if after := snapshot(t, k.dir); after != before {
					t.Errorf("before:\n%s\nafter:\n%s", before, after)
				}
			})
		}
	}
	t.Run("lock", func(t *testing.T) {
		k := newKit(t, store.KindFile)
		must(t, os.MkdirAll(filepath.Join(k.dir, "locks"), 0o700), os.Chown(filepath.Join(k.dir, "locks"), other, -1))
		if _, err := k.open(t).Lock(t.Context(), "a1"); fault.KindOf(err) != fault.Store {
			t.Errorf("%v", err)
		}
	})
}

// Under sudo -E, HOME is a user's: root would leave there what the user can
// neither read nor replace.
func TestRootMakesNothingInAUsersFolder(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	k := newKit(t, store.KindFile)
	home := t.TempDir()
	must(t, os.Chown(home, 12345, -1))
	k.dir = filepath.Join(home, ".local", "state", "authctl")
	before := snapshot(t, home)
	_, locked := k.open(t).Lock(t.Context(), "a1")
	for what, err := range map[string]error{"put": k.open(t).Put(t.Context(), "a1", full()), "ready": k.open(t).Ready(t.Context()), "lock": locked} {
		if fault.KindOf(err) != fault.Store || !strings.Contains(fmt.Sprint(err), "uid 12345") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := second(k.open(t).Get(t.Context(), "a1")); !errors.Is(err, store.ErrAbsent) {
		t.Errorf("nothing is kept there: %v", err)
	}
	if after := snapshot(t, home); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

// A folder that others may enter is not read either: they may have put the record there.
func TestAFolderOpenToOthersIsNotRead(t *testing.T) {
	for use := range everyUse(nil) {
		t.Run(use, func(t *testing.T) {
			k := newKit(t, store.KindFile)
			must(t, k.open(t).Put(t.Context(), "a1", full()), os.Chmod(filepath.Join(k.dir, "records", "file"), 0o777)) //nolint:gosec // the point
			before := snapshot(t, k.dir)
			if err := everyUse(k.open(t))[use](t.Context()); fault.KindOf(err) != fault.Store {
				t.Errorf("%v", err)
			}
			if after := snapshot(t, k.dir); after != before {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
		})
	}
}

func TestUmask(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	ctx := context.Background()
	k := newKit(t, store.KindFile)
	s := k.open(t)
	must(t, s.Put(ctx, "a1", full()))
	lease, err := s.Lock(ctx, "a1")
	must(t, err)
	lease.Unlock()
	_ = filepath.WalkDir(k.dir, func(p string, d os.DirEntry, _ error) error {
		if info, _ := d.Info(); info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v", p, info.Mode())
		}
		return nil
	})
}

func TestAWriteThatFailsKeepsTheOldRecord(t *testing.T) {
	ctx := context.Background()
	k := newKit(t, store.KindFile)
	must(t, k.open(t).Put(ctx, "a1", full()))
	if out := elsewhere(t, "full", k.dir); !strings.HasPrefix(out, "store could not write to the token store: ") {
		t.Errorf("a full disk: %s", out)
	}
	if r, err := k.open(t).Get(ctx, "a1"); err != nil || r.Subject != "abc" {
		t.Errorf("the old record: %v", err)
	}
	if left, _ := filepath.Glob(k.record("a1") + ".tmp-*"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// putOnAFullDisk runs in a process of its own: the limit makes every write
// beyond 16 KiB fail, as a full disk does, and is the whole process's.
func putOnAFullDisk(dir string) string {
	key := store.NewFileKey(dir, func(string) (string, bool) { return "", false })
	s, err := store.Open(store.Options{Kind: store.KindFile, Dir: dir, Key: key, Rand: rand.Reader, Now: time.Now})
	if err != nil {
		return err.Error()
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 16 << 10, Max: 16 << 10}); err != nil {
		return err.Error()
	}
	r := full()
	r.Subject = strings.Repeat("x", 64<<10)
	err = s.Put(context.Background(), "a1", r)
	return fmt.Sprintf("%s %v", fault.KindOf(err), err)
}

func TestWhatAKilledWriterLeft(t *testing.T) {
	ctx := context.Background()
	k := newKit(t, store.KindFile)
	s := k.open(t)
	must(t, s.Put(ctx, "a1", full()))
	old, young := k.record("a1")+".tmp-1", k.record("a1")+".tmp-2"
	must(t, os.WriteFile(old, []byte("half"), 0o600), os.WriteFile(young, []byte("half"), 0o600))
	hourAgo := time.Now().Add(-time.Hour)
	must(t, os.Chtimes(old, hourAgo, hourAgo))
	if list, err := s.List(ctx); err != nil || len(list) != 1 {
		t.Errorf("%d entries, %v", len(list), err)
	}
	must(t, s.Put(ctx, "a1", full()))
	if _, err := os.Stat(old); err == nil {
		t.Error("an old temporary file was not removed")
	}
	if _, err := os.Stat(young); err != nil {
		t.Error("a temporary file that may be in use was removed")
	}
}

func TestGivenKeyFile(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	raw := strings.Repeat("k", 32)
	must(t, os.WriteFile(filepath.Join(dir, "raw"), []byte(raw), 0o400))
	must(t, os.WriteFile(filepath.Join(dir, "authctl-store-key"), []byte("a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=\n"), 0o400))
	must(t, os.WriteFile(filepath.Join(dir, "open"), []byte(raw), 0o644))
	must(t, os.Symlink("raw", filepath.Join(dir, "link")), syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600),
		os.WriteFile(filepath.Join(dir, "huge"), nil, 0o600), os.Truncate(filepath.Join(dir, "huge"), 3<<30))
	for _, c := range []struct {
		name, value string
		ok          bool
	}{
		{"AUTHCTL_STORE_KEY_FILE", dir + "/raw", true},
		{"AUTHCTL_STORE_KEY_FILE", dir + "/link", true},
		{"AUTHCTL_STORE_KEY_FILE", dir + "/open", false},
		{"AUTHCTL_STORE_KEY_FILE", dir + "/absent", false},
		{"AUTHCTL_STORE_KEY_FILE", dir + "/pipe", false},
		{"AUTHCTL_STORE_KEY_FILE", dir + "/huge", false},
		{"CREDENTIALS_DIRECTORY", dir, true},
	} {
		state := t.TempDir()
		key := store.NewFileKey(state, func(n string) (string, bool) { return c.value, n == c.name })
		s, err := store.Open(store.Options{Kind: store.KindFile, Dir: state, Key: key, Rand: strings.NewReader(strings.Repeat("n", 12)), Now: time.Now})
		must(t, err)
		err = s.Put(ctx, "a1", store.Record{Profile: "p", Value: secret.New("v")})
		if (err == nil) != c.ok || (err != nil && fault.KindOf(err) != fault.Store) {
			t.Errorf("%s=%s: %v", c.name, filepath.Base(c.value), err)
		}
		if _, err := os.Stat(filepath.Join(state, "store-key")); err == nil {
			t.Error("a second key was made")
		}
	}
	empty := t.TempDir()
	if k := store.NewFileKey(empty, func(n string) (string, bool) { return empty, n == "CREDENTIALS_DIRECTORY" }); !k.IsAbsent(firstErr(k.Load(ctx))) {
		t.Error("a credentials folder without our key is no key")
	}
}

func firstErr(_ []byte, err error) error { return err }
