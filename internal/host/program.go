package host

import (
	"errors"
	"io/fs"
	"os/exec"

	"authctl/internal/fault"
)

// NotRun says that a program cannot be run; Found that it is there all the same.
type NotRun struct {
	Fault error
	Found bool
}

// Error is the fault's.
func (e NotRun) Error() string { return e.Fault.Error() }

// Unwrap gives the fault.
func (e NotRun) Unwrap() error { return e.Fault }

// Program finds a program as a shell does; its error is a NotRun.
func Program(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", NotRunnable(name, err)
	}
	return path, nil
}

// NotRunnable is why the program called name cannot be run: a NotRun, without the
// path, which the errors below give again.
func NotRunnable(name string, err error) error {
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
