package cmd

import (
	"context"
	"fmt"

	"authctl/internal/secret"
)

// tokenFrom reads a token from a flag's FILE, else from the profile's
// reference; nil when neither is there.
func (c *cli) tokenFrom(ctx context.Context, t *task, file string, ref secret.Ref) ([]byte, error) {
	if (file == "-" || (file == "" && ref.Path == "-")) && c.sys.IsTerminal(0) {
		_, _ = fmt.Fprintln(c.sys.Err, "Paste the token; Ctrl-D ends it.")
	}
	if file != "" {
		return c.readFile(file)
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
