package cmd

import (
	"errors"
	"os"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/inspect"
	"authctl/internal/token"
)

// readToken reads stdin, a file, or takes the argument itself for a token.
func (c *cli) readToken(arg string) ([]byte, error) {
	if arg == "" || arg == "-" {
		if arg == "" && c.sys.IsTerminal(0) {
			c.say("reading a token from the keyboard: paste it, then end the input")
		}
		return limited(c.sys.In, "-", inspect.MaxInput)
	}
	f, err := os.Open(arg) //nolint:gosec // the user names the file
	if err == nil {
		defer func() { _ = f.Close() }()
		return limited(f, arg, inspect.MaxInput)
	}
	if looksLikeToken(arg) {
		return []byte(arg), nil
	}
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err // without the argument, which may be part of a token after all
	}
	return nil, fault.New(fault.Usage, "the argument is neither a file (%w) nor a token", err).
		Hint("authctl decode FILE, or a token on stdin")
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
