package cmd

import (
	"context"
	"os"
)

// readBeside is beside for a named file; a regular one delivers by itself.
func readBeside(ctx context.Context, name string, read func() ([]byte, error)) ([]byte, error) {
	if isRegular(name) {
		return read()
	}
	return beside(ctx, read)
}

func isRegular(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// beside reads beside the caller. Stdin, or a pipe that was named as a file, may
// never deliver and a read cannot be taken back, so it is left behind when the
// context ends: one Ctrl-C has to be enough.
func beside[T any](ctx context.Context, read func() (T, error)) (T, error) {
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
		return none, ctx.Err()
	}
}
