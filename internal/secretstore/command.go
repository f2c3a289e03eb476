package secretstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

// commandLimit is how long a secret command may take.
const commandLimit = 20 * time.Second

// fromCommand runs argv without a shell and takes the first line it prints.
// Its stderr is the user's to see; what it prints on stdout is never repeated.
func (r *Resolver) fromCommand(ctx context.Context, argv []string) (secret.Text, error) {
	if len(argv) == 0 {
		return secret.Text{}, fault.New(fault.Config, "command: is an empty list")
	}
	name := filepath.Base(argv[0])
	limit, cancel := context.WithTimeout(ctx, commandLimit)
	defer cancel()
	var out firstLine
	c := exec.CommandContext(limit, argv[0], argv[1:]...)
	c.Env = withoutSecrets(c.Environ())
	c.Stdout, c.Stderr = &out, r.from.Err
	c.WaitDelay = time.Second // a grandchild may hold the pipe open
	err := c.Run()
	switch {
	case ctx.Err() != nil:
		return secret.Text{}, fmt.Errorf("waiting for the secret command %s: %w", name, context.Cause(ctx))
	case limit.Err() != nil:
		return secret.Text{}, fault.New(fault.Config, "the secret command %s did not end within %s", name, commandLimit)
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return secret.Text{}, fault.New(fault.Config, "the secret command %s failed: %w", name, err)
	}
	line := out.line()
	if line == "" {
		return secret.Text{}, fault.New(fault.Config, "the secret command %s printed nothing on its first line", name)
	}
	return secret.New(line), nil
}

// withoutSecrets keeps AUTHCTL_SECRET_* from the child: it needs none of them.
func withoutSecrets(env []string) []string {
	kept := env[:0:0]
	for _, v := range env {
		if !strings.HasPrefix(v, "AUTHCTL_SECRET_") {
			kept = append(kept, v)
		}
	}
	return kept
}

// firstLine keeps the beginning of what is written and lets the rest pass, so
// that a talkative command is not killed by a closed pipe.
type firstLine struct{ b bytes.Buffer }

func (f *firstLine) Write(p []byte) (int, error) {
	if room := maxFile - f.b.Len(); room > 0 {
		f.b.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (f *firstLine) line() string {
	line, _, _ := bytes.Cut(f.b.Bytes(), []byte("\n"))
	return strings.TrimSuffix(string(line), "\r")
}
