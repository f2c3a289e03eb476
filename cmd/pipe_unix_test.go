//go:build unix

package cmd_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"authctl/cmd"
	"authctl/internal/app"
)

// A pipe that nobody writes to, wherever a file is expected, holds a command
// until --timeout or one Ctrl-C, and not at all where no pipe is taken.
func TestPipesThatNeverDeliver(t *testing.T) {
	dir := t.TempDir()
	pipe, config := filepath.Join(dir, "pipe"), filepath.Join(dir, "profiles.yaml")
	err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.WriteFile(config, []byte(`version: 1
store: file
profiles:
  p:
    token_url: http://127.0.0.1:1/token
    grant: client_credentials
    client: {id: x, auth: client_secret_basic, secret: "file:`+pipe+`"}
`), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		args        []string
		env         map[string]string
		inTime, cut int // exit codes: at the end of --timeout, after an interrupt
	}{
		"profiles file":          {[]string{"token", "-p", "p", "--config", pipe}, nil, 5, 130},
		"profiles file, doctor":  {[]string{"doctor", "-p", "p", "--config", pipe}, nil, 5, 130},
		"profiles file, status":  {[]string{"status", "--config", pipe}, nil, 5, 130},
		"profiles file, by name": {[]string{"profile", "list"}, map[string]string{"AUTHCTL_CONFIG": pipe}, 5, 130},
		"secret":                 {[]string{"token", "-p", "p"}, nil, 5, 130},
	} {
		for what, want := range map[string]int{"in time": tt.inTime, "interrupted": tt.cut} {
			t.Run(name+" "+what, func(t *testing.T) {
				t.Parallel()
				env := map[string]string{"AUTHCTL_CONFIG": config, "HOME": dir, "AUTHCTL_TIMEOUT": "100ms"}
				ctx, interrupt := context.WithCancel(t.Context())
				defer interrupt()
				if what == "interrupted" {
					env["AUTHCTL_TIMEOUT"] = "1m"
					time.AfterFunc(100*time.Millisecond, interrupt)
				}
				for k, v := range tt.env {
					env[k] = v
				}
				var out, errs bytes.Buffer
				sys := app.System{
					In: strings.NewReader(""), Out: &out, Err: &errs, Now: time.Now, Rand: zeros{},
					Env:        func(n string) (string, bool) { v, ok := env[n]; return v, ok },
					IsTerminal: func(int) bool { return false },
				}
				code := make(chan int, 1)
				go func() { code <- cmd.Main(ctx, sys, tt.args) }()
				select {
				case got := <-code:
					if got != want || out.Len() > 0 {
						t.Errorf("exit code %d, stdout %q, stderr %q", got, out.String(), errs.String())
					}
				case <-time.After(10 * time.Second):
					t.Error("still waiting")
				}
			})
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
