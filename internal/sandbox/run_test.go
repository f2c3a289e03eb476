package sandbox_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"authctl/internal/sandbox"
)

// inside runs a shell script in a sandbox.
func inside(t *testing.T, b *box, script string, change func(*sandbox.Run)) (code int, stdout string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs sh")
	}
	var out bytes.Buffer
	o := sandbox.Run{Argv: []string{"sh", "-c", script}, In: strings.NewReader("from stdin\n"), Out: &out, Err: t.Output(), Executable: "/usr/bin/true"}
	if change != nil {
		change(&o)
	}
	code, err := b.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return code, out.String()
}

func TestRunLeavesNothing(t *testing.T) {
	b := start(t, sandbox.Options{})
	code, out := inside(t, b, `cat; ls "$(dirname "$AUTHCTL_CONFIG")" >/dev/null && echo there; exit 7`, nil)
	if code != 7 || out != "from stdin\nthere\n" {
		t.Errorf("exit %d, stdout %q", code, out)
	}
	if _, err := os.Stat(b.Dir()); err != nil {
		t.Fatal(err)
	}
	b.Close()
	if _, err := os.Stat(b.Dir()); !os.IsNotExist(err) {
		t.Errorf("the private folder is still there: %v", err)
	}
}

func TestRunEnvironment(t *testing.T) {
	for name, value := range map[string]string{
		"AUTHCTL_PROFILE": "mine", "AUTHCTL_CONFIG": "/mine", "AUTHCTL_SECRET_SALUS_CLIENT_SECRET": "mine", "AUTHCTL_STORE_KEY_FILE": "/k", "XDG_STATE_HOME": "/mine",
		"AUTHCTL_STORE_KEY": "k", "AUTHCTL_STORE_PATH": "secret/a", // without which a shared AUTHCTL_STORE is none
	} {
		t.Setenv(name, value)
	}
	b := shared(t)
	_, out := inside(t, b, "env", nil)
	got := map[string]string{}
	for line := range strings.Lines(out) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if _, twice := got[name]; twice {
			t.Errorf("%s is there twice", name)
		}
		got[name] = value
	}
	for name, want := range map[string]string{
		"AUTHCTL_CONFIG": filepath.Join(b.Dir(), "profiles.yaml"), "AUTHCTL_SANDBOX_URL": b.URL, "AUTHCTL_STORE": "file", "AUTHCTL_PROFILE": "",
		"AUTHCTL_STORE_KEY_FILE": "/k", "AUTHCTL_STORE_KEY": "k", "AUTHCTL_STORE_PATH": "secret/a", "XDG_STATE_HOME": filepath.Join(b.Dir(), "state"),
		"AUTHCTL_SECRET_SALUS_CLIENT_SECRET": b.Env()["AUTHCTL_SECRET_SALUS_CLIENT_SECRET"],
	} {
		if got[name] != want {
			t.Errorf("%s=%q, want %q", name, got[name], want)
		}
	}
	t.Setenv("AUTHCTL_STORE", "none")
	if _, out := inside(t, b, "echo $AUTHCTL_STORE", nil); out != "none\n" {
		t.Errorf("the user's store: %q", out)
	}
	if _, out := inside(t, b, "echo $AUTHCTL_STORE", func(o *sandbox.Run) { o.Store = "keyring" }); out != "keyring\n" {
		t.Errorf("--store: %q", out)
	}
}

// COMMAND finds this very program as authctl, whatever its file is called.
func TestRunFindsItself(t *testing.T) {
	echo := filepath.Join(t.TempDir(), "authctl-v2")
	if err := os.WriteFile(echo, []byte("#!/bin/sh\necho itself \"$@\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	self := func(o *sandbox.Run) { o.Executable = echo }
	b := start(t, sandbox.Options{})
	if _, out := inside(t, b, "authctl token", self); out != "itself token\n" {
		t.Errorf("from a script: %q", out)
	}
	if _, out := inside(t, b, "", func(o *sandbox.Run) { self(o); o.Argv = []string{"authctl", "kid"} }); out != "itself kid\n" {
		t.Errorf("as COMMAND: %q", out)
	}
}

func TestRunPassesSignals(t *testing.T) {
	ready := filepath.Join(t.TempDir(), "ready")
	go func() {
		for range 6000 { // a loaded machine takes its time to start a shell
			if _, err := os.Stat(ready); err == nil {
				self, _ := os.FindProcess(os.Getpid())
				_ = self.Signal(syscall.SIGTERM)
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	code, out := inside(t, shared(t), `trap 'echo got TERM; exit 3' TERM; touch `+ready+`; i=0; while [ $i -lt 1200 ]; do sleep 0.05; i=$((i+1)); done`, nil)
	if code != 3 || out != "got TERM\n" {
		t.Errorf("exit %d, stdout %q", code, out)
	}
	if code, _ := inside(t, shared(t), "kill -KILL $$", nil); code != 137 {
		t.Errorf("killed by signal 9: exit %d", code)
	}
}

func TestRunOfNothing(t *testing.T) {
	b := shared(t)
	if _, err := b.Run(t.Context(), sandbox.Run{Argv: []string{"no-such-program-anywhere"}, Executable: "/usr/bin/true"}); err == nil {
		t.Error("a missing program was run")
	}
	if _, err := b.Run(t.Context(), sandbox.Run{Argv: []string{"true"}, Executable: "/usr/bin/true"}); err != nil {
		t.Errorf("a second command in one sandbox: %v", err)
	}
}

func TestTwoAtOnce(t *testing.T) {
	a, b := start(t, sandbox.Options{}), shared(t)
	if a.URL == b.URL || a.Dir() == b.Dir() {
		t.Fatalf("%s %s", a.URL, a.Dir())
	}
	token := salusGrant(a).text("access_token")
	if r := b.get("/salus/api/ping", map[string]string{"Authorization": "Bearer " + token}); r.status != 401 {
		t.Errorf("a token of another sandbox: %d", r.status)
	}
	if a.Env()["AUTHCTL_SECRET_SALUS_CLIENT_SECRET"] == b.Env()["AUTHCTL_SECRET_SALUS_CLIENT_SECRET"] {
		t.Error("two sandboxes have one secret")
	}
}

func TestPrivateFiles(t *testing.T) {
	b := shared(t)
	entries, err := os.ReadDir(b.Dir())
	if err != nil || len(entries) < 8 {
		t.Fatal(entries, err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || e.Type().IsRegular() && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", e.Name(), info.Mode(), err)
		}
	}
	if info, _ := os.Stat(b.Dir()); info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v", info.Mode())
	}
	profiles := string(b.ProfilesYAML())
	for name, secret := range b.Env() {
		if strings.HasPrefix(name, "AUTHCTL_SECRET_") && strings.Contains(profiles, secret) {
			t.Errorf("the value of %s is in the profiles file", name)
		}
	}
}
