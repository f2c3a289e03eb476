package cmd

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"authctl/internal/acquire"
	"authctl/internal/app"
	"authctl/internal/config"
	"authctl/internal/render"
)

// outputFlags are shared by every command whose result is a token.
type outputFlags struct {
	app.PrintOptions
	chosen func() bool // the user said what to print
}

func (o *outputFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&o.Format, "output", "o", "token", "what to print: "+strings.Join(render.FormatNames(), ", "))
	f.StringVar(&o.Select, "select", "", "which `member` of the server's answer: "+strings.Join(render.Selects(), ", ")+" or another, such as patient (default access_token)")
	f.StringVar(&o.Shell, "shell", "", "quoting of -o "+render.Listed(func(f render.Format) bool { return f.Shell })+": "+strings.Join(render.Shells(), ", ")+" (default sh)")
	o.registerPrefix(cmd)
	o.chosen = func() bool { return f.Changed("output") || f.Changed("select") }
	f.StringVar(&o.For, "for", "", "`'METHOD URL'` of a request: adds its DPoP proof to -o "+render.Listed(func(f render.Format) bool { return f.Proof }))
	var formats []string
	for _, f := range render.Formats() {
		formats = append(formats, cobra.CompletionWithDesc(f.Name, f.Purpose))
	}
	fixed(cmd, "output", formats)
	fixed(cmd, "select", render.Selects())
	fixed(cmd, "shell", render.Shells())
}

func (o *outputFlags) registerPrefix(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.EnvPrefix, "env-prefix", "", "`prefix` of variable names (default AUTHCTL_)")
}

// fixed completes a flag from a closed set.
func fixed(cmd *cobra.Command, flag string, values []string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// askFlags change what is asked of the server for one call.
type askFlags struct {
	acquire.Overrides
	stsClaims []string // of the assertion that the profile's security token service gives
}

func (a *askFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&a.Scopes, "scope", nil, "`scope` to ask for instead of the profile's; repeat or separate by blanks")
	f.StringArrayVar(&a.Audience, "audience", nil, "`audience` to ask for instead of the profile's; may repeat")
	f.StringArrayVar(&a.Resource, "resource", nil, "resource `URI` (RFC 8707) instead of the profile's; may repeat")
	a.registerParam(cmd)
}

func (a *askFlags) registerParam(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&a.Params, "param", nil, "extra `name=value` in the request body; may repeat; never a secret")
}

// registerSigned is for what goes into an assertion that authctl signs.
func (a *askFlags) registerSigned(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&a.Claims, "claim", nil, "a further claim `name=json` of grant_assertion, else of the client assertion; may repeat")
	f.StringVar(&a.Subject, "subject", "", "`sub` of grant_assertion: who the token is for")
}

// registerSTS is for what a security token service is asked for.
func (a *askFlags) registerSTS(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&a.stsClaims, "sts-claim", nil, "a claim `name=value` of the assertion of sts.url in place of the profile's of that name, or beside its others; may repeat")
	fixed(cmd, "sts-claim", nil)
}

// commas is a scope with a comma in it, "" where there is none. It is a legal
// one (RFC 6749 3.3), and nearly always several.
func (a *askFlags) commas() string {
	for _, scopes := range a.Scopes {
		if strings.Contains(scopes, ",") {
			return scopes
		}
	}
	return ""
}

// open makes the services with the global flags.
func (c *cli) open(ctx context.Context) (*app.App, error) {
	return app.Open(ctx, c.sys, config.Flags{
		Profile: c.flags.profile, Config: c.flags.config, Store: c.flags.store,
		Preset: c.flags.preset, Set: c.flags.set,
		Timeout: c.flags.timeout, Verbose: c.flags.verbose, Quiet: c.flags.quiet,
	})
}
