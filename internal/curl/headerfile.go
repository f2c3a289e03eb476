package curl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"authctl/internal/fault"
	"authctl/internal/files"
)

// maxHeaders bounds a file of headers.
const maxHeaders = 1 << 20

// readHeaderFiles replaces -H @FILE and --proxy-header @FILE by what is in the
// file, which goes to curl with the secrets: so what was looked at is what is
// sent, and every version of curl reads the same (a lone CR ended a line until
// 8.9). A pipe can be read once; where it must not be read yet, it is left out.
func (l *line) readHeaderFiles(ctx context.Context, from headerReader) error {
	var kept []arg
	for _, a := range l.options {
		path, ok := strings.CutPrefix(a.value, "@")
		if !ok || a.name != "header" && a.name != "proxy-header" {
			kept = append(kept, a)
			continue
		}
		l.headersFromStdin = l.headersFromStdin || isStdin(path)
		text, err := from.read(ctx, path)
		if err != nil {
			return err
		}
		for _, one := range strings.Split(text, "\n") {
			one = strings.TrimSuffix(one, "\r")
			if strings.ContainsAny(one, "\r\x00") {
				return fault.New(fault.Usage, "%s has a CR or NUL within a line, so a server could see two headers", shown(path))
			}
			if one != "" {
				l.fromFiles = append(l.fromFiles, arg{a.name, one, true})
			}
		}
	}
	l.options = kept
	return nil
}

// headerReader reads files of headers.
type headerReader struct {
	stdin    io.Reader
	pipesToo bool
	wait     time.Duration
}

func (r headerReader) read(ctx context.Context, path string) (string, error) {
	if r.wait > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.wait)
		defer cancel()
	}
	var text []byte
	var err error
	if isStdin(path) {
		if !r.pipesToo || r.stdin == nil {
			return "", nil
		}
		text, err = files.All(ctx, r.stdin, maxHeaders)
	} else {
		if err := checkDescriptor(path); err != nil {
			return "", err
		}
		if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !r.pipesToo {
			return "", nil
		}
		text, _, err = files.Wanted{Max: maxHeaders, Pipe: true}.Read(ctx, path)
	}
	var large *files.TooLargeError
	switch {
	case err == nil:
		return string(text), nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "", fmt.Errorf("waiting for %s: %w", shown(path), err)
	case errors.As(err, &large), errors.Is(err, files.ErrKind):
		return "", fault.New(fault.Usage, "curl's -H @FILE: %s %w", shown(path), err)
	default:
		return "", fault.New(fault.Usage, "curl's -H @FILE: %w", err)
	}
}
