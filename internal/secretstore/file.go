package secretstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"authctl/internal/fault"
	"authctl/internal/files"
	"authctl/internal/secret"
)

// maxFile bounds a secret file, key set or subject token.
const maxFile = 1 << 20

func (r *Resolver) fromFile(ctx context.Context, ref secret.Ref) (secret.Text, error) {
	b, err := r.contents(ctx, ref)
	if err != nil {
		return secret.Text{}, err
	}
	if ref.Pointer != "" {
		v, err := lookUp(b, ref.Pointer)
		if err != nil {
			return secret.Text{}, fault.New(fault.Config, "%s: %w", ref, err)
		}
		return secret.New(v), nil
	}
	v := stripNewline(string(b))
	if v == "" {
		f := fault.New(fault.Config, "%s is empty", ref)
		if ref.Path == "-" {
			f = f.Hint("it is stdin, on which nothing came")
		}
		return secret.Text{}, f
	}
	return secret.New(v), nil
}

// contents gives a regular file as it is, and stdin and pipes again to whoever
// asks again: a request that is repeated, or two pointers into one document.
func (r *Resolver) contents(ctx context.Context, ref secret.Ref) ([]byte, error) {
	path := r.expand(ref.Path)
	if info, err := os.Stat(path); ref.Path != "-" && (err != nil || info.Mode().IsRegular()) {
		return r.read(ctx, ref, path)
	}
	b, err := files.Beside(ctx, func() ([]byte, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if b, ok := r.stream[ref.Path]; ok {
			return b, nil
		}
		b, err := r.read(ctx, ref, path)
		if err == nil {
			r.stream[ref.Path] = b
		}
		return b, err
	})
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("waiting for file:%s: %w", ref.Path, context.Cause(ctx))
	}
	return b, err
}

// modeError is a file that others can read or replace.
type modeError struct{ error }

func (r *Resolver) read(ctx context.Context, ref secret.Ref, path string) (b []byte, err error) {
	name := ref.Path
	switch {
	case name == "-" && r.from.Stdin == nil:
		return nil, fault.New(fault.Config, "stdin cannot be read here")
	case name == "-":
		name = "stdin"
		b, err = files.All(ctx, r.from.Stdin, maxFile)
	default:
		b, _, err = files.Wanted{Max: maxFile, Pipe: true, Check: func(info fs.FileInfo) error {
			if ref.AnyMode {
				return nil
			}
			if err := ownerOnly(info); err != nil {
				return &modeError{err}
			}
			return nil
		}}.Read(ctx, path)
	}
	var mode *modeError
	var large *files.TooLargeError
	switch {
	case err == nil:
		return b, nil
	case errors.As(err, &mode):
		return nil, fault.New(fault.Config, "the secret file %s %w", ref.Path, mode.error).Hint("chmod 600 %s", ref.Path)
	case errors.As(err, &large), errors.Is(err, files.ErrKind):
		return nil, fault.New(fault.Config, "the secret file could not be read: %s %w", name, err)
	default:
		return nil, fault.New(fault.Config, "the secret file could not be read: %w", err)
	}
}

// expand replaces a leading ~/ by the home folder.
func (r *Resolver) expand(path string) string {
	rest, ok := secret.InHome(path)
	if !ok {
		return path
	}
	for _, v := range []string{"HOME", "USERPROFILE"} {
		if home, _ := r.from.Env(v); home != "" {
			return home + string(os.PathSeparator) + rest
		}
	}
	return path
}
