package cmd

import (
	"context"
	"errors"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/files"
	"authctl/internal/secret"
	"authctl/internal/shown"
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
		_ = shown.Fprintf(c.sys.Err, "Paste the token; Ctrl-D ends it.\n")
	}
	if given != "" {
		named, err := secret.ParseRef(string(given))
		if err != nil || named.Signs() {
			return c.readTokenFile(ctx, flag, string(given))
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
func (c *cli) readTokenFile(ctx context.Context, flag, path string) ([]byte, error) {
	raw, err := c.input(ctx, path, maxTokenFile)
	var large *files.TooLargeError
	switch {
	case errors.As(err, &large):
		return nil, fault.New(fault.Usage, "%s: %s %w: no token is", flag, shownName(path), err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil, err
	case errors.Is(err, files.ErrKind):
		return nil, fault.New(fault.Usage, "%s: %s %w", flag, path, err)
	case err != nil && unrepeatable(path):
		return nil, fault.New(fault.Usage, "%s names a file and never is the token itself", flag).
			Hint("%s - reads it from stdin", flag)
	case err != nil:
		return nil, fault.New(fault.Usage, "%s: %w", flag, err)
	case strings.TrimSpace(string(raw)) == "":
		return nil, fault.New(fault.Usage, "%s: %s is empty", flag, shownName(path))
	}
	return raw, nil
}

// unrepeatable is true for a name that no file has and that may be the token
// that somebody pasted in its place: messages end in logs.
func unrepeatable(name string) bool {
	const longest = 100 // far above file names that people type
	return looksLikeToken(name) || len(name) > longest && token.IsB64Token(name) && !strings.HasPrefix(name, "/")
}
