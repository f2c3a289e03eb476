package app

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"slices"
	"strings"

	"authctl/internal/acquire"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/render"
	"authctl/internal/secret"
)

// NotRun says that a program cannot be run; Found that it is there all the same.
type NotRun struct {
	error
	Found bool
}

// Unwrap gives the fault.
func (e NotRun) Unwrap() error { return e.error }

// Program finds a program as a shell does; its error is a NotRun.
func Program(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", notRun(name, err)
	}
	return path, nil
}

// notRun leaves the path out, which the errors below give again.
func notRun(name string, err error) error {
	var inPath *exec.Error
	var at *fs.PathError
	if errors.As(err, &inPath) {
		err = inPath.Err
	}
	if errors.As(err, &at) {
		err = at.Err
	}
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return NotRun{fault.New(fault.Usage, "cannot run %s: not found", name), false}
	}
	return NotRun{fault.New(fault.Usage, "cannot run %s: %w", name, err), true}
}

// Exec runs the program with the variables of -o env in its environment, in
// which none of the profile's secrets stays. It returns where the program could
// not take this process's place: with its exit code, or with an error.
func (a *App) Exec(ctx context.Context, p *profile.Profile, acq *acquire.Acquirer, r acquire.Result, o PrintOptions, program string, argv []string) (int, error) {
	out, err := a.printed(ctx, p, acq, r, o)
	if err != nil {
		return 0, err
	}
	set, err := render.Environ(out, o.Options)
	if err != nil {
		return 0, err
	}
	replaced := slices.Clone(set)
	for i, v := range replaced {
		replaced[i], _, _ = strings.Cut(v, "=")
	}
	withheld := slices.Concat(a.secretVariables(p), replaced)
	for _, ref := range p.Refs() {
		withheld = append(withheld, ref.Ref.Environ...)
	}
	environ := append(secret.Withheld(a.Sys.Environ(), withheld, nil), set...)
	code, err := a.Sys.Become(program, argv, environ)
	if err != nil && !errors.Is(err, context.Canceled) {
		err = notRun(argv[0], err)
	}
	return code, err
}
