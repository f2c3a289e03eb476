package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"authctl/internal/config"
	"authctl/internal/fault"
	"authctl/internal/files"
)

// input gives all of a named file or pipe, or of stdin for -, at most limit
// bytes. What never delivers ends with --timeout, or with a signal. Errors are
// those of files.Wanted.Read.
func (c *cli) input(ctx context.Context, name string, limit int64) ([]byte, error) {
	ctx, cancel := c.inTime(ctx, name)
	defer cancel()
	var data []byte
	var err error
	if name == "-" {
		data, err = files.All(ctx, c.sys.In, limit)
	} else {
		data, _, err = files.Wanted{Max: limit, Pipe: true}.Read(ctx, name)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("waiting for %s: %w", shownName(name), context.DeadlineExceeded)
	}
	return data, err
}

// unreadable is err of input as a fault of kind.
func unreadable(kind fault.Kind, name string, err error) error {
	var path *os.PathError // has the name already
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &path):
		return fault.New(kind, "reading %w", path)
	default:
		return fault.New(kind, "reading %s: it %w", shownName(name), err)
	}
}

// inTime bounds how long name is read. A plain file delivers by itself, and who
// types has the time for it.
func (c *cli) inTime(ctx context.Context, name string) (context.Context, context.CancelFunc) {
	if name == "" || isRegular(name) || name == "-" && c.sys.IsTerminal != nil && c.sys.IsTerminal(0) {
		return ctx, func() {}
	}
	limit := c.flags.timeout
	if limit == 0 {
		limit = config.DefaultTimeout
		if text, _ := c.sys.Env("AUTHCTL_TIMEOUT"); text != "" {
			if d, err := time.ParseDuration(text); err == nil && d > 0 {
				limit = d
			}
		}
	}
	return context.WithTimeout(ctx, limit)
}

func isRegular(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
