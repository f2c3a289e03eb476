package cmd_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"authctl/cmd"
	"authctl/internal/app"
)

// Whoever forgot the file name, or reads from a pipe that never delivers, must
// get away with one Ctrl-C.
func TestInterruptWhileReadingStdin(t *testing.T) {
	file := filepath.Join(t.TempDir(), "profiles.yaml")
	err := os.WriteFile(file, []byte(`version: 1
store: none
profiles:
  p:
    token_url: http://127.0.0.1:1/token
    client: {id: x, auth: none}
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	key := privateKey(t, "ES256")
	for name, args := range map[string][]string{
		"decode":         {"decode"},
		"decode key":     {"decode", "--verify", "--key", "-", "eyJhbGciOiJub25lIn0.e30."},
		"kid":            {"kid", "-"},
		"subject token":  {"exchange", "-p", "p", "--subject-token", "-", "--subject-token-type", "jwt"},
		"refresh token":  {"refresh", "-p", "p", "--refresh-token", "-"},
		"secret":         {"secret", "set", "client_secret", "-p", "p"},
		"registration":   {"profile", "import", "-"},
		"profile":        {"profile", "add", "q", "--no-secrets"},
		"assertion key":  {"assert", "--key", "file:-", "--client-id", "x", "--audience", "https://as.example"},
		"assertion cert": {"assert", "--key", key, "--certificate", "-", "--client-id", "x", "--audience", "https://as.example"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, never := io.Pipe()
			defer func() { _ = never.Close() }()
			ctx, interrupt := context.WithCancel(t.Context())
			var out, errs bytes.Buffer
			sys := app.System{
				In: begun{in, interrupt}, Out: &out, Err: &errs, Now: time.Now,
				Env: func(n string) (string, bool) {
					v, ok := map[string]string{"AUTHCTL_CONFIG": file, "HOME": filepath.Dir(file), "AUTHCTL_STORE": "file"}[n]
					return v, ok
				},
				IsTerminal: func(int) bool { return false },
			}
			code := make(chan int, 1)
			go func() { code <- cmd.Main(ctx, sys, args) }()
			select {
			case got := <-code:
				if got != 130 || out.Len() > 0 {
					t.Errorf("exit code %d, stdout %q, stderr %q", got, out.String(), errs.String())
				}
			case <-time.After(5 * time.Second):
				t.Error("still reading")
			}
		})
	}
}

// begun is a stdin that delivers nothing, and tells when somebody waits for it.
type begun struct {
	io.Reader
	tell func()
}

func (b begun) Read(p []byte) (int, error) {
	b.tell()
	return b.Reader.Read(p)
}
