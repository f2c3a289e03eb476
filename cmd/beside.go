package cmd

import "context"

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
