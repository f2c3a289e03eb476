package cmd_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/cmd"
	"authctl/internal/app"
	"authctl/internal/fakes"
	"authctl/internal/secret"
)

// desk is one user's machine: a profiles file, a store, a browser and a server.
type desk struct {
	t       *testing.T
	server  *fakes.AuthServer
	browser *fakes.Browser
	home    string
	env     map[string]string
	in      io.Reader
	ring    app.Keyring // nil: that of the machine
	typing  bool        // stdin is a terminal
	columns int         // of stdout and stderr, which are a terminal then
	// terminals are those of them that are one, where not both are.
	terminals  []int
	escapeless bool       // they take no escape sequence
	still      *time.Time // the clock does not move
	prompt     func(label string) (string, error)
	ahead      time.Duration // of the clock
	became     [][]string    // arguments and environment of each program that authctl became
	mu         sync.Mutex
}

const demo = `version: 1
default_profile: demo
profiles:
  demo:
    issuer: ISSUER
    client: {id: app, auth: none}
    grant: authorization_code
    scopes: [openid, offline_access]
`

func newDesk(t *testing.T, profiles string) *desk {
	t.Helper()
	d := &desk{t: t, browser: &fakes.Browser{}, home: t.TempDir(), in: strings.NewReader("")}
	server, err := fakes.NewAuthServer(d.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	d.server = server
	file := filepath.Join(d.home, "profiles.yaml")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(profiles, "ISSUER", server.URL)), 0o600); err != nil {
		t.Fatal(err)
	}
	d.env = map[string]string{
		"HOME": d.home, "XDG_STATE_HOME": filepath.Join(d.home, "state"), "XDG_CACHE_HOME": filepath.Join(d.home, "cache"),
		"XDG_CONFIG_HOME": filepath.Join(d.home, "config"), "AUTHCTL_CONFIG": file, "AUTHCTL_STORE": "file",
	}
	return d
}

func (d *desk) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.still != nil {
		return *d.still
	}
	return time.Now().Add(d.ahead)
}

// outcome is what a user sees of one command.
type outcome struct {
	code           int
	stdout, stderr string
}

func (d *desk) run(ctx context.Context, args ...string) outcome {
	var stderr bytes.Buffer
	o := d.runTo(ctx, &stderr, args...)
	o.stderr = stderr.String()
	return o
}

func (d *desk) runTo(ctx context.Context, stderr io.Writer, args ...string) outcome {
	var stdout bytes.Buffer
	sys := app.System{
		In: d.in, Out: &stdout, Err: stderr, Now: d.now, Rand: rand.Reader,
		Env: func(name string) (string, bool) { v, ok := d.env[name]; return v, ok },
		IsTerminal: func(fd int) bool {
			return fd == 0 && d.typing || fd > 0 && d.columns > 0 && (d.terminals == nil || slices.Contains(d.terminals, fd))
		},
		Columns: func(int) int { return d.columns },
		Escapes: func() bool { return !d.escapeless },
		Environ: func() []string {
			var all []string
			for name, value := range d.env {
				all = append(all, name+"="+value)
			}
			return all
		},
		Become: func(program string, argv, environ []string) (int, error) {
			d.became = append(d.became, append([]string{program}, argv...), environ)
			return 0, &fs.PathError{Op: "exec", Path: program, Err: fs.ErrPermission}
		},
	}
	if d.prompt != nil {
		sys.Prompt = func(_ context.Context, label string) (secret.Text, error) {
			text, err := d.prompt(label)
			return secret.New(text), err
		}
	}
	if d.ring != nil {
		sys.Keyring = d.ring
	}
	if d.browser != nil {
		sys.Browser = d.browser
	}
	code := cmd.Main(ctx, sys, args)
	return outcome{code: code, stdout: stdout.String()}
}

// records counts what the store keeps.
func (d *desk) records() int {
	n := 0
	_ = filepath.WalkDir(filepath.Join(d.home, "state", "authctl", "records"), func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return nil
	})
	return n
}

func (d *desk) must(o outcome, code int) outcome {
	d.t.Helper()
	if o.code != code || code != 0 && o.stdout != "" {
		d.t.Fatalf("exit %d, wanted %d\nstdout: %s\nstderr: %s", o.code, code, o.stdout, o.stderr)
	}
	return o
}

// syncBuffer is a stderr that is read while it is written.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// waitFor gives the rest of the line that begins with start, with it, trimmed.
func (s *syncBuffer) waitFor(start string) string {
	for {
		for line := range strings.Lines(s.String()) {
			if strings.HasPrefix(line, start) && strings.HasSuffix(line, "\n") {
				return strings.TrimSpace(line)
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
}
