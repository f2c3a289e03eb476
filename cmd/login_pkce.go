package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"authctl/internal/acquire"
	"authctl/internal/endpoint"
	"authctl/internal/login/flows"
)

// loginPKCEOptions is what the flags of `login-pkce` say.
type loginPKCEOptions struct {
	out       outputFlags
	login     flows.Options
	prompt    string
	loginHint string
	acrValues string
}

func newLoginPKCECmd(c *cli) *cobra.Command {
	var o loginPKCEOptions
	cmd := &cobra.Command{
		Use:   "login-pkce",
		Short: "Log in in the browser; the session is kept",
		Long: `Log in by authorization code with PKCE: the browser opens the server's login
page, the answer comes back to a port of this machine, the code is redeemed once,
and an id_token is verified. The session is kept, so that token uses and
refreshes it. At a terminal it says who logged in and until when; the token itself
is printed in a pipe, with -o, or where nothing is kept.

Where the browser is on another machine, or login.redirect_uri leads elsewhere,
--no-browser prints the address and --paste reads the one the browser ended at.
--timeout is how long a person is waited for, 5m unless given.

Exit status: 0 printed; 3 profile; 4 the server or the person refused; 5 network;
6 the session could not be kept (the browser was not opened); 7 the answer or its
id_token is not to be believed (nothing is kept); 8 nobody logged in; 130 stopped.`,
		Example: `  authctl login-pkce -p work
  authctl login-pkce -p work --no-browser --port 8400
  authctl login-pkce -p work --paste`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runLoginPKCE(cmd.Context(), c, o) },
	}
	o.out.register(cmd)
	f := cmd.Flags()
	f.IntVar(&o.login.Port, "port", 0, "`port` to listen on, instead of that of login.redirect_uri")
	f.BoolVar(&o.login.NoBrowser, "no-browser", false, "print the address instead of opening a browser")
	f.BoolVar(&o.login.Paste, "paste", false, "read the address that the browser ended at from stdin")
	f.StringVar(&o.prompt, "prompt", "", "OpenID Connect `prompt`: login, consent, select_account or none")
	f.StringVar(&o.loginHint, "login-hint", "", "whom the server should suggest, such as an e-mail `address`")
	f.StringVar(&o.acrValues, "acr-values", "", "how strongly to authenticate: `acr` values, blank-separated")
	fixed(cmd, "prompt", []string{"login", "consent", "select_account", "none"})
	return cmd
}

func runLoginPKCE(ctx context.Context, c *cli, o loginPKCEOptions) error {
	for _, p := range []endpoint.Param{
		{Name: "prompt", Value: o.prompt}, {Name: "login_hint", Value: o.loginHint}, {Name: "acr_values", Value: o.acrValues},
	} {
		if p.Value != "" {
			o.login.Params = append(o.login.Params, p)
		}
	}
	o.login.Limit = c.flags.timeout
	return c.login(ctx, o.out, func(flow flows.Deps, t *task) (acquire.Result, error) {
		return flow.Browser(ctx, t.profile, t.acq, o.login)
	})
}
