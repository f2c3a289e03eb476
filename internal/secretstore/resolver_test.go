package secretstore

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

// canary is in every value that an error could leak.
const canary = "CANARY-7f3a"

func environ(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

func resolver(m *memory, env func(string) (string, bool)) *Resolver {
	return NewResolver(Sources{Ring: NewRing(m, env), Env: env, Err: io.Discard})
}

func mustRef(t *testing.T, s string) secret.Ref {
	t.Helper()
	r, err := secret.ParseRef(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestOverrideName(t *testing.T) {
	for in, want := range map[[2]string]string{
		{"klg", "client_secret"}: "AUTHCTL_SECRET_KLG_CLIENT_SECRET",
		{"my-app", "a.b"}:        "AUTHCTL_SECRET_MY_APP_A_B",
		{"Salus", "x1"}:          "AUTHCTL_SECRET_SALUS_X1",
		{"søster", "n"}:          "AUTHCTL_SECRET_S_STER_N",
		{"9", "=\x00"}:           "AUTHCTL_SECRET_9___",
	} {
		if got := OverrideName(in[0], in[1]); got != want {
			t.Errorf("%q: %s", in, got)
		}
	}
}

func TestKeyringReference(t *testing.T) {
	ctx := context.Background()
	stored := func() *memory {
		return &memory{items: map[string]string{"authctl/klg\x00client_secret": canary + "\n"}}
	}
	ref := secret.Ref{Kind: secret.Keyring, Name: "client_secret"}

	t.Run("item", func(t *testing.T) {
		v, err := resolver(stored(), noEnv).Resolve(ctx, "klg", ref)
		if err != nil || v.Reveal() != canary {
			t.Errorf("%v", err)
		}
	})
	t.Run("the environment wins and the keyring is not touched", func(t *testing.T) {
		m := stored()
		v, err := resolver(m, environ("AUTHCTL_SECRET_KLG_CLIENT_SECRET", "from-env")).Resolve(ctx, "klg", ref)
		if err != nil || v.Reveal() != "from-env" || m.calls != 0 {
			t.Errorf("%v, %d calls", err, m.calls)
		}
	})
	t.Run("an empty override is an error, not a fall-back", func(t *testing.T) {
		m := stored()
		_, err := resolver(m, environ("AUTHCTL_SECRET_KLG_CLIENT_SECRET", "")).Resolve(ctx, "klg", ref)
		if fault.KindOf(err) != fault.Config || m.calls != 0 {
			t.Errorf("%v, %d calls", err, m.calls)
		}
	})
	t.Run("absent says how to store it", func(t *testing.T) {
		_, err := resolver(&memory{}, noEnv).Resolve(ctx, "klg", ref)
		wantFault(t, err, fault.Config, "authctl secret set client_secret --profile klg", "AUTHCTL_SECRET_KLG_CLIENT_SECRET")
	})
	t.Run("locked says the way out", func(t *testing.T) {
		r := resolver(&memory{fail: errors.New("odd")}, noEnv)
		r.from.Ring.platform.diagnose = func(context.Context, error) error { return ErrLocked }
		_, err := r.Resolve(ctx, "klg", ref)
		wantFault(t, err, fault.Store, "AUTHCTL_SECRET_KLG_CLIENT_SECRET", "AUTHCTL_STORE=file", "secret-tool")
	})
	t.Run("hung says the way out", func(t *testing.T) {
		m := &memory{hang: make(chan struct{})}
		defer close(m.hang)
		r := resolver(m, noEnv)
		r.from.Ring.limit = time.Millisecond
		_, err := r.Resolve(ctx, "klg", ref)
		wantFault(t, err, fault.Store, "AUTHCTL_SECRET_KLG_CLIENT_SECRET", "AUTHCTL_STORE=file")
	})
}

func wantFault(t *testing.T, err error, kind fault.Kind, hints ...string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind || f.Profile != "klg" {
		t.Fatalf("got %v", err)
	}
	all := strings.Join(f.Hints, "\n")
	for _, h := range hints {
		if !strings.Contains(all, h) {
			t.Errorf("no hint says %q:\n%s", h, all)
		}
	}
	if strings.Contains(err.Error()+all, canary) {
		t.Error("the error quotes the secret")
	}
}

func TestEnvReference(t *testing.T) {
	r := resolver(&memory{}, environ("SET", "v\n", "EMPTY", ""))
	ctx := context.Background()
	if v, err := r.Resolve(ctx, "klg", mustRef(t, "env:SET")); err != nil || v.Reveal() != "v" {
		t.Errorf("%v", err)
	}
	for _, name := range []string{"env:EMPTY", "env:UNSET"} {
		_, err := r.Resolve(ctx, "klg", mustRef(t, name))
		wantFault(t, err, fault.Config)
	}
}

func TestFileReference(t *testing.T) {
	dir := t.TempDir()
	ctx := context.Background()
	put := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	put("pem", "line one\nline two\n\n", 0o600)
	put("crlf", "v\r\n", 0o400)
	put("open", canary, 0o644)
	put("group", canary, 0o640)
	put("empty", "\n", 0o600)
	if os.Geteuid() == 0 { // only root can give a file away
		if err := os.Chown(put("foreign", canary, 0o600), 12345, -1); err != nil {
			t.Fatal(err)
		}
	}
	put("big", strings.Repeat("x", maxFile+1), 0o600)
	put("most", strings.Repeat("x", maxFile), 0o600)
	put("json", "\xef\xbb\xbf"+`{"k":"s","o":{"a": [1, {"b":"deep"}]}}`, 0o600)
	if err := os.Symlink(filepath.Join(dir, "pem"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}

	r := NewResolver(Sources{Env: environ("HOME", dir)})
	for _, c := range []struct {
		ref  string
		any  bool
		want string // "" for fault.Config
	}{
		{ref: "file:" + dir + "/pem", want: "line one\nline two\n"},
		{ref: "file:" + dir + "/crlf", want: "v"},
		{ref: "file:~/crlf", want: "v"},
		{ref: "file:" + dir + "/link", want: "line one\nline two\n"},
		{ref: "file:" + dir + "/open"},
		{ref: "file:" + dir + "/group"},
		{ref: "file:" + dir + "/foreign"}, // absent where it cannot be made
		{ref: "file:" + dir + "/open", any: true, want: canary},
		{ref: "file:" + dir + "/empty"},
		{ref: "file:" + dir + "/absent"},
		{ref: "file:" + dir},
		{ref: "file:" + dir + "/big"},
		{ref: "file:" + dir + "/most", want: strings.Repeat("x", maxFile)},
		{ref: "file:" + dir + "/json#/k", want: "s"},
		{ref: "file:" + dir + "/json#/o", want: `{"a": [1, {"b":"deep"}]}`},
		{ref: "file:" + dir + "/json#/o/a/1/b", want: "deep"},
		{ref: "file:" + dir + "/json#/nope"},
		{ref: "file:" + dir + "/pem#/k"},
	} {
		t.Run(filepath.Base(c.ref), func(t *testing.T) {
			if name := filepath.Base(c.ref); runtime.GOOS == "windows" && (name == "link" || !c.any && (name == "open" || name == "group")) {
				t.Skip("no modes, and links for administrators only")
			}
			ref := mustRef(t, c.ref)
			ref.AnyMode = c.any
			v, err := r.Resolve(ctx, "klg", ref)
			if c.want == "" {
				wantFault(t, err, fault.Config)
				return
			}
			if err != nil || v.Reveal() != c.want {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestStdinIsReadOnce(t *testing.T) {
	r := NewResolver(Sources{Env: noEnv, Stdin: strings.NewReader(`{"a":"1","b":"2"}`)})
	for pointer, want := range map[string]string{"#/a": "1", "#/b": "2", "": `{"a":"1","b":"2"}`} {
		v, err := r.Resolve(context.Background(), "p", mustRef(t, "file:-"+pointer))
		if err != nil || v.Reveal() != want {
			t.Errorf("%s: %v", pointer, err)
		}
	}
}

func TestAPipeThatNeverDelivers(t *testing.T) {
	in, _ := io.Pipe()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if _, err := NewResolver(Sources{Env: noEnv, Stdin: in}).Resolve(ctx, "p", mustRef(t, "file:-")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestCommandReference(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs the programs of a Unix")
	}
	t.Setenv("AUTHCTL_SECRET_X_Y", canary)
	t.Setenv("OTHER", "kept")
	var said bytes.Buffer
	r := NewResolver(Sources{Env: noEnv, Err: &said})
	sh := func(script string) secret.Ref {
		return secret.Ref{Kind: secret.Command, Argv: []string{"/bin/sh", "-c", script}}
	}
	ctx := context.Background()
	for script, want := range map[string]string{
		"printf 'one\\r\\ntwo\\n'":             "one",
		"printf one":                           "one",
		"echo \"[$AUTHCTL_SECRET_X_Y$OTHER]\"": "[kept]",
		"echo first; yes | head -c 3000000":    "first",
		"read x || echo no-stdin":              "no-stdin",
	} {
		if v, err := r.Resolve(ctx, "klg", sh(script)); err != nil || v.Reveal() != want {
			t.Errorf("%s: %v", script, err)
		}
	}
	for _, script := range []string{"true", "echo; echo " + canary, "echo " + canary + "; exit 3"} {
		_, err := r.Resolve(ctx, "klg", sh(script))
		wantFault(t, err, fault.Config)
	}
	_, err := r.Resolve(ctx, "klg", secret.Ref{Kind: secret.Command, Argv: []string{"/nowhere/tool"}})
	wantFault(t, err, fault.Config)
	if _, err := r.Resolve(ctx, "klg", sh("echo touch the key >&2; echo v")); err != nil || said.String() != "touch the key\n" {
		t.Errorf("stderr: %q, %v", said.String(), err)
	}
}

// A command gets no secret of the profile that it does not name.
func TestTheCommandsEnvironment(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs the programs of a Unix")
	}
	for _, name := range []string{"CLIENT_SECRET", "OTHER", "AUTHCTL_SECRET_KLG_KEY", "AUTHCTL_CONFIG"} {
		t.Setenv(name, "canary-"+name)
	}
	env := func(string) (string, bool) { return "", true }
	r := NewResolver(Sources{Env: env, Hidden: func() []string { return []string{"CLIENT_SECRET"} }})
	for name, tt := range map[string]struct {
		given []string
		want  string
	}{
		"none named": {nil, "--canary-OTHER-canary-AUTHCTL_CONFIG"},
		"named":      {[]string{"CLIENT_SECRET", "AUTHCTL_SECRET_KLG_KEY"}, "canary-CLIENT_SECRET-canary-AUTHCTL_SECRET_KLG_KEY-canary-OTHER-canary-AUTHCTL_CONFIG"},
	} {
		t.Run(name, func(t *testing.T) {
			script := `echo "$CLIENT_SECRET-$AUTHCTL_SECRET_KLG_KEY-$OTHER-$AUTHCTL_CONFIG"`
			v, err := r.Resolve(t.Context(), "klg", secret.Ref{Kind: secret.Command, Argv: []string{"/bin/sh", "-c", script}, Environ: tt.given})
			if err != nil || v.Reveal() != tt.want {
				t.Errorf("it got %s, %v", v.Reveal(), err)
			}
		})
	}
	_, err := r.Resolve(t.Context(), "klg", secret.Ref{Kind: secret.Command, Argv: []string{"/bin/sh", "-c", "exit 1"}})
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Hints) != 1 || !strings.Contains(f.Hints[0], "env: [CLIENT_SECRET]") {
		t.Errorf("no word of what it was not given: %v, %v", err, f)
	}
	for _, absent := range []string{"/nowhere/program", "no-such-program"} {
		if _, err := r.Resolve(t.Context(), "klg", secret.Ref{Kind: secret.Command, Argv: []string{absent}}); !errors.As(err, &f) || len(f.Hints) != 0 {
			t.Errorf("%s: %v, %q", absent, err, f.Hints)
		}
	}
}

// TestCommandLeavesAChildBehind: a password agent that the command started
// holds its stdout open and must not be waited for.
func TestCommandLeavesAChildBehind(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs the programs of a Unix")
	}
	r := NewResolver(Sources{Env: noEnv})
	begin := time.Now()
	v, err := r.Resolve(context.Background(), "p", secret.Ref{Kind: secret.Command, Argv: []string{"/bin/sh", "-c", "sleep 20 & echo v"}})
	if err != nil || v.Reveal() != "v" || time.Since(begin) > 15*time.Second {
		t.Errorf("%v after %s", err, time.Since(begin))
	}
}

func TestCommandNeedsNoShell(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs the programs of a Unix")
	}
	r := NewResolver(Sources{Env: noEnv})
	v, err := r.Resolve(context.Background(), "p", secret.Ref{Kind: secret.Command, Argv: []string{"echo", "$HOME; `id`"}})
	if err != nil || v.Reveal() != "$HOME; `id`" {
		t.Errorf("got %q, %v", v.Reveal(), err)
	}
}

func TestCommandIsInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs the programs of a Unix")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	begin := time.Now()
	_, err := NewResolver(Sources{Env: noEnv}).Resolve(ctx, "p", secret.Ref{Kind: secret.Command, Argv: []string{"sleep", "30"}})
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > 10*time.Second {
		t.Errorf("got %v", err)
	}
}
