package secretstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

// commandLimit is how long a secret command may take.
const commandLimit = 20 * time.Second

// commandGrace is for a grandchild that holds the pipe open.
const commandGrace = time.Second

// fromCommand runs argv without a shell and takes the first line it prints.
// Its stderr is the user's to see; what it prints on stdout is never repeated.
func (r *Resolver) fromCommand(ctx context.Context, ref secret.Ref) (secret.Text, error) {
	argv := ref.Argv
	if len(argv) == 0 {
		return secret.Text{}, fault.New(fault.Config, "command: is an empty list")
	}
	name := filepath.Base(argv[0])
	limit, cancel := context.WithTimeout(ctx, commandLimit)
	defer cancel()
	var out firstLine
	c := exec.CommandContext(limit, argv[0], argv[1:]...)
	c.Env = secret.Withheld(c.Environ(), r.hidden(), ref.Environ)
	c.Stdout, c.Stderr = &out, r.from.Err
	c.WaitDelay = commandGrace
	err := c.Run()
	switch {
	case ctx.Err() != nil:
		return secret.Text{}, fmt.Errorf("waiting for the secret command %s: %w", name, context.Cause(ctx))
	case limit.Err() != nil:
		return secret.Text{}, fault.New(fault.Config, "the secret command %s did not end within %s", name, commandLimit)
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return secret.Text{}, r.withheld(ref, fault.New(fault.Config, "the secret command %s failed: %w", name, err))
	}
	line := out.line()
	if line == "" {
		return secret.Text{}, fault.New(fault.Config, "the secret command %s printed nothing on its first line", name)
	}
	return secret.New(line), nil
}

// withheld says which variables a command that ran and failed was not given.
func (r *Resolver) withheld(ref secret.Ref, f *fault.Error) *fault.Error {
	if errors.Is(f, exec.ErrNotFound) || errors.Is(f, fs.ErrNotExist) || errors.Is(f, fs.ErrPermission) {
		return f
	}
	var names []string
	for _, name := range r.hidden() {
		if r.has(name) && !slices.Contains(ref.Environ, name) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		f = f.Hint("it was not given %s, which holds a secret of the profile: env: [%s] beside %s gives it", strings.Join(names, ", "), names[0], ref.Kind)
	}
	return f
}

func (r *Resolver) hidden() []string {
	if r.from.Hidden == nil {
		return nil
	}
	return r.from.Hidden()
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
