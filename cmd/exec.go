package cmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"authctl/internal/acquire"
	"authctl/internal/fault"
	"authctl/internal/host"
)

// Exit codes that tell authctl's failure from that of the program it runs, as
// env, nohup and other programs that run programs have them (POSIX XCU env).
// curl's own are 1 to 100.
const (
	exitBefore      = 125
	exitNotRunnable = 126
	exitNotFound    = 127
)

type execOptions struct {
	out   outputFlags
	ask   askFlags
	fresh freshFlags
}

func newExecCmd(c *cli) *cobra.Command {
	var o execOptions
	cmd := &cobra.Command{
		Use:   "exec [flags] -- COMMAND [ARG...]",
		Short: "Run a command with the token in its environment",
		Long: `Run COMMAND with the variables of token -o env in its environment, and nowhere
else: AUTHCTL_ACCESS_TOKEN, AUTHCTL_TOKEN_TYPE, AUTHCTL_EXPIRES_AT,
AUTHCTL_AUTHORIZATION and an AUTHCTL_HEADER_NAME for each of api.headers.

COMMAND takes the place of authctl (on Windows it is a child), so stdin, stdout,
stderr, signals, Ctrl-Z and the exit code are its own. A token is not renewed
while it runs: --min-ttl asks for one that lasts.

Withheld from COMMAND is what the profile makes the token of: every variable
AUTHCTL_SECRET_..., those that its env: references name, and those that it
gives to its command: programs. All others stay, AUTHCTL_CONFIG too. COMMAND
writes no core file. What it starts gets the variables as well; curl needs
none of this: authctl curl.

Exit status: COMMAND's own. When authctl failed, COMMAND did not run: 125, with
the reason on stderr; 126 when COMMAND cannot be run, 127 when it is not found;
130 interrupted.`,
		Example: `  authctl exec -p gateway -- ./deploy.sh
  authctl exec --min-ttl 30m -- terraform apply
  authctl exec -p gateway --env-prefix GW_ -- sh -c 'echo "$GW_TOKEN_TYPE"'`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			code, err := c.exec(cmd, o, args)
			return c.passedOn(cmd.Context(), code, err)
		},
		DisableFlagsInUseLine: true,
	}
	c.flagsBeforeDash(cmd, "COMMAND's own options go after --: %s -p NAME -- COMMAND -x")
	o.out.registerPrefix(cmd)
	o.ask.register(cmd)
	o.ask.registerSTS(cmd)
	o.fresh.register(cmd, "token")
	return cmd
}

func (c *cli) exec(cmd *cobra.Command, o execOptions, argv []string) (int, error) {
	ctx := cmd.Context()
	if len(argv) == 0 {
		return 0, fault.New(fault.Usage, "which command? None stands after --").Hint("%s -p NAME -- COMMAND", cmd.CommandPath())
	}
	options, err := o.fresh.options(cmd, o.ask)
	if err != nil {
		return 0, err
	}
	o.out.Format = "env"
	t, err := c.prepare(ctx, o.out, o.ask)
	if err != nil {
		return 0, err
	}
	code, err := t.exec(ctx, options, argv)
	return code, fault.In(t.profile.Name, err)
}

func (t *task) exec(ctx context.Context, o acquire.Options, argv []string) (int, error) {
	program, err := host.Program(argv[0])
	if err != nil {
		return 0, err
	}
	r, err := t.acq.Token(ctx, t.profile, o)
	if err == nil {
		err = ctx.Err() // held back while a grant was spent
	}
	if err != nil {
		return 0, err
	}
	return t.app.Exec(ctx, t.profile, t.acq, r, t.out, program, argv)
}

// flagsBeforeDash is for commands that run another program: the flags end at
// its first word, also without --, and a wrong one is a failure before it ran.
func (c *cli) flagsBeforeDash(cmd *cobra.Command, hint string) {
	cmd.Flags().SetInterspersed(false)
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return c.passedOn(cmd.Context(), 0, fault.New(fault.Usage, "%w", err).Hint(hint, cmd.CommandPath()))
	})
}

// passedOn is the exit code of the program that ran, or of authctl's err, which
// it prints, before it could run.
func (c *cli) passedOn(ctx context.Context, code int, err error) error {
	if err == nil {
		if code != 0 {
			return exitCode(code)
		}
		return nil
	}
	code = c.exit(ctx, err)
	var not host.NotRun
	switch {
	case code == fault.Interrupted.ExitCode():
		return exitCode(code)
	case !errors.As(err, &not):
		return exitCode(exitBefore)
	case not.Found:
		return exitCode(exitNotRunnable)
	default:
		return exitCode(exitNotFound)
	}
}
