// Package files is how authctl meets the file system. What it reads has a size,
// ends with its context and is of the kind that its caller expects: no file, pipe
// or device decides how long authctl works or waits. What it makes is the user's.
package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// ErrKind is a file that is neither regular nor, where pipes are expected, a pipe.
var ErrKind = errors.New("is not a regular file")

// TooLargeError is input of more than Limit bytes.
type TooLargeError struct{ Limit int64 }

func (e *TooLargeError) Error() string {
	for _, unit := range []struct {
		size int64
		name string
	}{{1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if e.Limit >= unit.size && e.Limit%unit.size == 0 {
			return fmt.Sprintf("is larger than %d %s", e.Limit/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("is larger than %d bytes", e.Limit)
}

// Wanted says what may be read under a name.
type Wanted struct {
	Max  int64 // bytes
	Cut  bool  // of a larger file the beginning will do
	Pipe bool  // a pipe or a terminal may stand there, such as /dev/fd/3
	// Wait is how long it may take; 0 is as long as the context.
	Wait time.Duration
	// Check may refuse the open file, by its owner and mode; nil takes any.
	Check func(fs.FileInfo) error
}

// Read gives the bytes of the file at path and what it is. Links are followed,
// and what is checked and read is the file they lead to. Opening a pipe waits for
// a writer, reading it for its end, and a file of the kernel's for what it has to
// say: ctx ends all of it, with its cause as the error. Errors are those of os,
// ErrKind, *TooLargeError and those of Check.
func (w Wanted) Read(ctx context.Context, path string) ([]byte, fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		if failed := (*fs.PathError)(nil); errors.As(err, &failed) {
			failed.Op = "open" // as whoever reads the message would say
		}
		return nil, nil, err
	}
	if err := w.takes(info); err != nil {
		return nil, info, err
	}
	flags := 0
	if info.Mode().IsRegular() {
		flags = noWait
	}
	if info.Mode().IsRegular() && info.Size() > 0 { // on a disk: nothing to wait for. The files of /proc say 0
		return w.open(path, flags)
	}
	if w.Wait > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, w.Wait)
		defer cancel()
	}
	type found struct {
		body []byte
		info fs.FileInfo
	}
	got, err := Beside(ctx, func() (found, error) {
		body, info, err := w.open(path, flags)
		return found{body, info}, err
	})
	return got.body, got.info, err
}

// open checks again what was opened: another file may stand at path by now. A
// pipe in place of a regular file cannot hold an open that does not wait.
func (w Wanted) open(path string, flags int) ([]byte, fs.FileInfo, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|flags, 0) //nolint:gosec // the caller names the file
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err == nil {
		err = w.takes(info)
	}
	if err == nil && w.Check != nil {
		err = w.Check(info)
	}
	if err != nil {
		return nil, info, err
	}
	if w.Cut {
		body, err := io.ReadAll(io.LimitReader(f, w.Max))
		return body, info, err
	}
	if info.Mode().IsRegular() && info.Size() > w.Max {
		return nil, info, &TooLargeError{w.Max}
	}
	body, err := limited(f, w.Max, info.Size())
	return body, info, err
}

func (w Wanted) takes(info fs.FileInfo) error {
	mode := info.Mode()
	switch {
	case mode.IsRegular():
		return nil
	case w.Pipe && !mode.IsDir() && mode&fs.ModeSocket == 0:
		return nil
	default:
		return ErrKind
	}
}

// All reads r to its end, at most limit bytes, until ctx ends.
func All(ctx context.Context, r io.Reader, limit int64) ([]byte, error) {
	return Beside(ctx, func() ([]byte, error) { return limited(r, limit, 0) })
}

// First reads the first limit bytes of r, or all where there are fewer, until
// ctx ends. With an error it gives what came before that.
func First(ctx context.Context, r io.Reader, limit int64) ([]byte, error) {
	type part struct {
		body []byte
		err  error
	}
	p, err := Beside(ctx, func() (part, error) {
		body, err := io.ReadAll(io.LimitReader(r, limit))
		return part{body, err}, nil
	})
	return p.body, errors.Join(err, p.err)
}

// limited reads up to limit bytes; size is what r is said to hold. A file that
// grows, or lies about its size, ends at the limit too.
func limited(r io.Reader, limit, size int64) ([]byte, error) {
	var body bytes.Buffer
	body.Grow(int(min(max(size, 0), limit)) + bytes.MinRead) // one allocation for a regular file
	if _, err := body.ReadFrom(io.LimitReader(r, limit+1)); err != nil {
		return nil, err
	}
	if int64(body.Len()) > limit {
		return nil, &TooLargeError{limit}
	}
	return body.Bytes(), nil
}

// Beside does what cannot be interrupted, and stops waiting for it when ctx
// ends; the read itself then ends with the process.
func Beside[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type outcome struct {
		got T
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		got, err := read()
		done <- outcome{got, err}
	}()
	select {
	case o := <-done:
		return o.got, o.err
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}
