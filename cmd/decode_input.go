package cmd

import (
	"context"
	"errors"
	"os"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/inspect"
	"authctl/internal/token"
)

// readToken reads stdin, a file, or takes the argument itself for a token.
func (c *cli) readToken(ctx context.Context, arg string) ([]byte, error) {
	if arg == "" {
		if c.sys.IsTerminal(0) {
			c.say("reading a token from the keyboard: paste it, then end the input")
		}
		arg = "-"
	}
	data, err := c.input(ctx, arg, inspect.MaxInput)
	var path *os.PathError
	switch {
	case err == nil:
		return data, nil
	case !errors.As(err, &path):
		return nil, unreadable(fault.Config, arg, err)
	case looksLikeToken(arg):
		return []byte(arg), nil
	default: // without the argument, which may be part of a token after all
		return nil, fault.New(fault.Usage, "the argument is neither a file (%w) nor a token", path.Err).
			Hint("authctl decode FILE, or a token on stdin")
	}
}

// looksLikeToken tells a pasted token from a mistyped file name.
func looksLikeToken(arg string) bool {
	r, err := inspect.Look(arg)
	if errors.Is(err, inspect.ErrDamaged) {
		return true
	}
	// File names are seldom that long, have a dot or a slash, and no digits all over.
	const leastOpaque = 32
	return err == nil && (r.Kind != inspect.Opaque || len(arg) >= leastOpaque && token.IsB64Token(arg) && !strings.ContainsAny(arg, "./"))
}

// inputName names the input for a message, never by its content.
func inputName(arg string) string {
	if arg == "" || arg == "-" {
		return "stdin"
	}
	if looksLikeToken(arg) {
		return "the argument"
	}
	return arg
}
