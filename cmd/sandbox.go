package cmd

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"authctl/internal/config"
	"authctl/internal/fault"
	"authctl/internal/sandbox"
	"authctl/internal/sandbox/core"
)

type sandboxOptions struct {
	faults    []string
	expiresIn time.Duration
	latency   time.Duration
	command   []string
}

func newSandboxCmd(c *cli) *cobra.Command {
	var o sandboxOptions
	cmd := &cobra.Command{
		Use:     "sandbox [flags] [-- COMMAND [ARG...]]",
		Short:   "Providers on 127.0.0.1, with ready profiles",
		Long:    sandbox.Help(),
		Example: sandbox.Examples(),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 && cmd.ArgsLenAtDash() != 0 {
				return fault.New(fault.Usage, "the command to run comes after --").Hint("authctl sandbox -- %s", strings.Join(args, " "))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.expiresIn < 0 || o.latency < 0 {
				return fault.New(fault.Usage, "--expires-in and --latency must not be negative")
			}
			if c.flags.preset != "" || len(c.flags.set) > 0 {
				return fault.New(fault.Usage, "the sandbox takes no --preset and no --set").Hint("give them to the command that asks for a token: authctl sandbox -- authctl token -p NAME --set ...")
			}
			o.command = args
			return runSandbox(cmd.Context(), c, o)
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&o.faults, "fault", nil, "inject this `fault` (repeatable)")
	f.Var((*span)(&o.expiresIn), "expires-in", "lifetime of every access token, a `duration` (default each provider's own)")
	f.Var((*span)(&o.latency), "latency", "delay of every request to a token endpoint, a `duration`")
	return cmd
}

func runSandbox(ctx context.Context, c *cli, o sandboxOptions) error {
	log := c.sys.Err
	if c.flags.quiet || len(o.command) > 0 && !c.flags.verbose {
		log = io.Discard // stderr is the command's
	}
	s, err := sandbox.Start(context.WithoutCancel(ctx), sandbox.Options{
		Faults: o.faults, ExpiresIn: o.expiresIn, Latency: o.latency, Now: c.sys.Now, Rand: c.sys.Rand, Log: log,
	})
	if err != nil {
		return sandboxFault(err)
	}
	defer s.Close()
	if len(o.command) == 0 {
		return serveSandbox(ctx, c, s)
	}
	own, err := os.Executable()
	if err != nil {
		return fault.New(fault.Internal, "cannot find authctl's own program: %w", err)
	}
	if c.sys.Lend != nil {
		defer c.sys.Lend()() // COMMAND may be a shell, in which Ctrl-C is no wish to leave
	}
	code, err := s.Run(ctx, sandbox.Run{
		Argv: o.command, Hide: c.usersSecrets(ctx), In: c.sys.In, Out: c.sys.Out, Err: c.sys.Err,
		Executable: own, Store: c.flags.store, Terminal: c.sys.IsTerminal != nil && c.sys.IsTerminal(0),
	})
	switch {
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, os.ErrNotExist):
		return fault.New(fault.Usage, "cannot run %s: not found", o.command[0])
	case err != nil:
		return fault.New(fault.Usage, "cannot run %s: %w", o.command[0], err)
	case code != 0:
		return exitCode(code)
	}
	return nil
}

// usersSecrets are the variables from which the user's own profiles read secrets,
// as far as these can be read: the sandbox works without any.
func (c *cli) usersSecrets(ctx context.Context) (names []string) {
	a, err := c.open(ctx)
	if err != nil {
		return nil
	}
	profiles, err := config.Names(a.Settings)
	if err != nil {
		return nil
	}
	for _, name := range profiles {
		p, err := config.LoadProfile(a.Settings, name)
		if err != nil {
			continue
		}
		names = append(names, p.SecretVariables()...)
		for _, r := range p.Refs() {
			names = append(names, r.Ref.Environ...)
		}
	}
	return names
}

// serveSandbox prints the profiles file and how to use it, and waits for Ctrl-C.
func serveSandbox(ctx context.Context, c *cli, s *sandbox.Sandbox) error {
	env, err := s.WriteEnvFiles(runtime.GOOS == "windows")
	if err != nil {
		return fault.New(fault.Internal, "cannot write the environment files: %w", err)
	}
	if _, err := c.sys.Out.Write(s.ProfilesYAML()); err != nil {
		return err
	}
	if !c.flags.quiet {
		_, _ = io.WriteString(c.sys.Err, s.Welcome(env))
	}
	<-ctx.Done()
	return nil
}

func sandboxFault(err error) error {
	var unknown core.UnknownFault
	if errors.As(err, &unknown) {
		return fault.New(fault.Usage, "%w", err).Hint("authctl sandbox --help")
	}
	if strings.HasPrefix(err.Error(), "fault ") {
		return fault.New(fault.Usage, "--%w", err)
	}
	return fault.New(fault.Internal, "cannot start the sandbox: %w", err)
}
