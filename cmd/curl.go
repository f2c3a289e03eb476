package cmd

import (
	"context"

	"github.com/spf13/cobra"

	"authctl/internal/acquire"
	"authctl/internal/app"
	"authctl/internal/fault"
)

type curlOptions struct {
	ask askFlags
	app.CurlOptions
}

func newCurlCmd(c *cli) *cobra.Command {
	var o curlOptions
	cmd := &cobra.Command{
		Use:   "curl [flags] -- CURL-ARGS",
		Short: "Run curl with the profile's token and headers",
		Long: `Run curl with the profile's token and headers.

The Authorization header, api.headers and a DPoP proof reach curl by file
descriptor: they are in no command line and in no environment. stdin, stdout
and the exit code are curl's; ~/.curlrc is not read.

A URL is a path, joined to api.base_url (else to https:// and the first of
api.hosts), or a whole URL whose host and port are among api.hosts, by https.
http is for loopback and profiles with insecure_http. Options that could send
a secret elsewhere or print it (such as -x, -k, -v, --resolve, and -L with
api.headers) and options that authctl does not know need --allow-unsafe-curl;
URLs are held to api.hosts even then, so -K and --variable are always refused.

Each URL is one run of curl, one after the other. Where token.single_use is
true each gets a token of its own, with DPoP each gets a proof. URL patterns
({a,b}, [1-9]) and --next are refused: run authctl curl once for each. A proxy
from the environment is used for https, which it cannot read, and not for http.

A 401 on a kept token fetches a new one and repeats the request once, unless
its body comes from stdin, the answer has one of api.keep_on, or --no-retry.
The first answer is not printed. A DPoP nonce that the API demands is answered
in the same way. docs/curl.md lists every option and rule.

Exit status: curl's own; 125 when authctl failed before curl ran, with the
reason on stderr; 127 when there is no curl; 130 interrupted.`,
		Example: `  authctl curl -p gateway -- /api/me
  authctl curl -- -sS -d @order.json -H 'Content-Type: application/json' /orders
  authctl curl --print -- -X DELETE https://api.example.org/items/7`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Argv = args
			code, err := c.curl(cmd.Context(), o)
			return c.passedOn(cmd.Context(), code, err)
		},
		DisableFlagsInUseLine: true,
	}
	c.flagsBeforeDash(cmd, "curl's own options go after --: %s -p NAME -- -sS /path")
	f := cmd.Flags()
	f.BoolVar(&o.NoRetry, "no-retry", false, "do not repeat a request after a 401")
	f.BoolVar(&o.Print, "print", false, "print the command that would run, secrets hidden, and run nothing")
	f.BoolVar(&o.AllowUnsafe, "allow-unsafe-curl", false, "let through options that could send a secret elsewhere or print it")
	o.ask.register(cmd)
	o.ask.registerSigned(cmd)
	o.ask.registerSTS(cmd)
	return cmd
}

func (c *cli) curl(ctx context.Context, o curlOptions) (int, error) {
	a, err := c.open(ctx)
	if err != nil {
		return 0, err
	}
	p, err := a.Profile()
	if err != nil {
		return 0, err
	}
	if p, err = acquire.ClaimSTS(p, o.ask.stsClaims); err != nil {
		return 0, err
	}
	o.Ask = o.ask.Overrides
	code, err := a.Curl(ctx, p, o.CurlOptions)
	return code, fault.In(p.Name, err)
}
