package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/secret"
	"authctl/internal/token"
)

// tokenFile is a flag's FILE, - for stdin, or secret reference. That it is
// given and empty is no wish for another token: it is a variable unset.
type tokenFile string

func (f *tokenFile) Set(s string) error {
	if s == "" {
		return errors.New("a file, - for stdin, or env:NAME is needed")
	}
	*f = tokenFile(s)
	return nil
}

func (f *tokenFile) String() string { return string(*f) }

// Type is what the help calls it.
func (f *tokenFile) Type() string { return "file" }

// fromStdin: the flag says so, or the profile where there is no flag.
func fromStdin(given tokenFile, ref secret.Ref) bool {
	return given == "-" || (given == "" && ref.Path == "-")
}

// tokenFrom reads a token from a flag, else from the profile's reference; nil
// when neither is there.
func (c *cli) tokenFrom(ctx context.Context, t *task, flag string, given tokenFile, ref secret.Ref) ([]byte, error) {
	if fromStdin(given, ref) && c.sys.IsTerminal(0) {
		_, _ = fmt.Fprintln(c.sys.Err, "Paste the token; Ctrl-D ends it.")
	}
	if given != "" {
		named, err := secret.ParseRef(string(given))
		if err != nil {
			return beside(ctx, func() ([]byte, error) { return c.readTokenFile(flag, string(given)) })
		}
		ref = named
	}
	if ref.IsZero() {
		return nil, nil
	}
	text, err := t.app.Secrets().Resolve(ctx, t.profile.Name, ref)
	if err != nil {
		return nil, err
	}
	return []byte(text.Reveal()), nil
}

// maxTokenFile is the largest file that a token is read from, in bytes.
const maxTokenFile = 1 << 20

// readTokenFile reads the FILE of a flag or, for -, stdin, up to maxTokenFile bytes.
func (c *cli) readTokenFile(flag, path string) ([]byte, error) {
	name, in := "stdin", c.sys.In
	if path != "-" {
		f, err := os.Open(path)
		if err != nil && unrepeatable(path) {
			return nil, fault.New(fault.Usage, "%s names a file and never is the token itself", flag).
				Hint("%s - reads it from stdin", flag)
		}
		if err != nil {
			return nil, fault.New(fault.Usage, "%s: %w", flag, err)
		}
		defer func() { _ = f.Close() }()
		name, in = path, f
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxTokenFile+1))
	switch {
	case err != nil:
		return nil, fault.New(fault.Usage, "%s: %w", flag, err)
	case len(raw) > maxTokenFile:
		return nil, fault.New(fault.Usage, "%s: %s is larger than 1 MiB: no token is", flag, name)
	case strings.TrimSpace(string(raw)) == "":
		return nil, fault.New(fault.Usage, "%s: %s is empty", flag, name)
	}
	return raw, nil
}

// unrepeatable is true for a name that no file has and that may be the token
// that somebody pasted in its place: messages end in logs.
func unrepeatable(name string) bool {
	const longest = 100 // far above file names that people type
	return looksLikeToken(name) || len(name) > longest && token.IsB64Token(name) && !strings.HasPrefix(name, "/")
}
