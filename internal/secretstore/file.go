package secretstore

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"authctl/internal/fault"
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
		return secret.Text{}, fault.New(fault.Config, "%s is empty", ref)
	}
	return secret.New(v), nil
}

// contents reads what is no regular file beside the caller: a pipe may never deliver.
func (r *Resolver) contents(ctx context.Context, ref secret.Ref) ([]byte, error) {
	if info, err := os.Stat(r.expand(ref.Path)); ref.Path != "-" && err == nil && info.Mode().IsRegular() {
		return r.read(ref)
	}
	type outcome struct {
		b   []byte
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		b, err := r.read(ref)
		done <- outcome{b, err}
	}()
	select {
	case o := <-done:
		return o.b, o.err
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for file:%s: %w", ref.Path, context.Cause(ctx))
	}
}

// read gives stdin and pipes again to whoever asks again: a request that is
// repeated, or two pointers into one document.
func (r *Resolver) read(ref secret.Ref) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if b, ok := r.stream[ref.Path]; ok {
		return b, nil
	}
	if ref.Path == "-" {
		b, err := limited(r.from.Stdin, "stdin")
		if err == nil {
			r.stream["-"] = b
		}
		return b, err
	}
	f, err := os.Open(r.expand(ref.Path))
	if err != nil {
		return nil, fault.New(fault.Config, "the secret file could not be read: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a folder", ref.Path)
	}
	if err != nil {
		return nil, fault.New(fault.Config, "the secret file could not be read: %w", err)
	}
	if !ref.AnyMode {
		if err := ownerOnly(info); err != nil {
			return nil, fault.New(fault.Config, "the secret file %s %w", ref.Path, err).Hint("chmod 600 %s", ref.Path)
		}
	}
	b, err := limited(f, ref.Path)
	if err == nil && !info.Mode().IsRegular() {
		r.stream[ref.Path] = b
	}
	return b, err
}

func limited(f io.Reader, name string) ([]byte, error) {
	if f == nil {
		return nil, fault.New(fault.Config, "%s cannot be read here", name)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fault.New(fault.Config, "%s could not be read: %w", name, err)
	}
	if len(b) > maxFile {
		return nil, fault.New(fault.Config, "%s is larger than 1 MiB", name)
	}
	return b, nil
}

// expand replaces a leading ~/ by the home folder.
func (r *Resolver) expand(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
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
