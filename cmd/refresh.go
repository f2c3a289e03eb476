package cmd

import (
	"context"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"authctl/internal/acquire"
	"authctl/internal/fault"
	"authctl/internal/secret"
	"authctl/internal/token"
)

// refreshOptions is what the flags of `refresh` say.
type refreshOptions struct {
	out  outputFlags
	ask  askFlags
	from string // FILE or - with a refresh token, "" for the kept one
}

func newRefreshCmd(c *cli) *cobra.Command {
	var o refreshOptions
	cmd := &cobra.Command{
		Use:   "refresh",
		Short: "Spend the kept refresh token, keep its successor, print the new token",
		Long: `Spend the refresh token of the profile's session (or one from a file or stdin),
keep what the server grants, and print the new access token.

The new refresh token is on disk before anything is printed. A refresh token is
sent once: no failure makes authctl send it again.

Exit status: 0 printed; 4 the server refused; 5 network; 6 the successor could
not be kept (nothing was sent); 8 the session is over, log in again.`,
		Example: `  authctl refresh -p gateway
  authctl refresh -p gateway --param organization_id=1234
  authctl refresh -p gateway --refresh-token - < token.txt`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runRefresh(cmd.Context(), c, o) },
	}
	o.out.register(cmd)
	o.ask.register(cmd)
	cmd.Flags().StringVar(&o.from, "refresh-token", "", "`file` with a refresh token, - for stdin (default: the kept one)")
	return cmd
}

func runRefresh(ctx context.Context, c *cli, o refreshOptions) error {
	t, err := c.prepare(o.out, o.ask)
	if err != nil {
		return err
	}
	var set token.Set
	if o.from == "" {
		set, err = t.acq.Refresh(ctx, t.profile, t.asked)
	} else {
		var text secret.Text
		if text, err = c.readSecretFile(o.from); err != nil {
			return fault.In(t.profile.Name, err)
		}
		set, err = t.acq.RefreshWith(ctx, t.profile, t.asked, text)
	}
	return t.finish(ctx, acquire.Result{Set: set}, err)
}

// maxTokenFile is the largest file that a token is read from, in bytes.
const maxTokenFile = 1 << 20

// readSecretFile reads a token from FILE or, for -, stdin.
func (c *cli) readSecretFile(path string) (secret.Text, error) {
	raw, err := c.readFile(path)
	if err != nil {
		return secret.Text{}, err
	}
	text := strings.TrimSpace(string(raw))
	if text == "" {
		return secret.Text{}, fault.New(fault.Usage, "%s is empty", nameOf(path))
	}
	return secret.New(text), nil
}

// readFile reads FILE or, for -, stdin, up to maxTokenFile bytes.
func (c *cli) readFile(path string) ([]byte, error) {
	in := c.sys.In
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, fault.New(fault.Usage, "reading %s: %w", path, err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxTokenFile+1))
	switch {
	case err != nil:
		return nil, fault.New(fault.Usage, "reading %s: %w", nameOf(path), err)
	case len(raw) > maxTokenFile:
		return nil, fault.New(fault.Usage, "%s is larger than 1 MiB: no token is", nameOf(path))
	}
	return raw, nil
}

func nameOf(path string) string {
	if path == "-" {
		return "stdin"
	}
	return path
}
