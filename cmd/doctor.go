package cmd

import (
	"context"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"authctl/internal/app"
	"authctl/internal/config"
	"authctl/internal/doctor"
	"authctl/internal/fault"
	"authctl/internal/shown"
)

type doctorOptions struct {
	app.DoctorOptions
	output string
}

func newDoctorCmd(c *cli) *cobra.Command {
	var o doctorOptions
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check everything that a token of a profile rests on, without asking for one",
		Long: `One line for each check: its outcome, the profile, what was looked at, what was
found. Below a FAIL or a warn, a hint names the field or the command that fixes it.

Looked at are the profiles file, each secret (never shown), the client's key, kid and
certificate, the store and what it keeps, each host with its TLS certificate and
its clock, the discovery document and the server's keys. No token is asked for, so
no grant is spent; a host is asked for the page at its root and for public
documents only. Programs of command: references are run with --run-commands only.
Whether a key or secret is the one registered at the server, only a token request
can tell.

With -o json stdout is one object, {"ok":...,"checks":[...]}.

A mistake in another profile is a warn without --all.

Exit status: 0 nothing failed, whatever was warned of; else that of the first
failure: 3 the profile, a secret, a key or the clock; 5 the network; 6 the store;
7 a federated assertion that has expired.`,
		Example: `  authctl doctor -p work
  authctl doctor --all --offline
  authctl doctor -p work -o json | jq '.checks[] | select(.state == "fail")'`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDoctor(cmd.Context(), c, o) },
	}
	cmd.Flags().BoolVar(&o.All, "all", false, "every profile of the file")
	cmd.Flags().BoolVar(&o.Offline, "offline", false, "make no request")
	cmd.Flags().BoolVar(&o.RunCommands, "run-commands", false, "run the programs of command: references")
	registerListOutput(cmd, &o.output)
	return cmd
}

func runDoctor(ctx context.Context, c *cli, o doctorOptions) error {
	if err := c.checkListOutput(o.output); err != nil {
		return err
	}
	if o.All && c.flags.profile != "" {
		return fault.New(fault.Usage, "--all and --profile do not go together").Hint("authctl doctor --all, or authctl doctor -p %s", c.flags.profile)
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	found := findings{width: nameWidth(a.Settings), screen: c.sys.Screen(1)}
	err = a.Doctor(ctx, o.DoctorOptions, func(r doctor.Result) {
		r.Hints = advise(r.Profile, r.Hints)
		found.add(r)
		if o.output == "text" {
			found.print(c.sys.Out, r)
		}
	})
	if err == nil && o.output == "json" {
		err = c.printResult(map[string]any{"ok": found.failed == 0, "checks": found.checks})
	}
	switch {
	case err != nil:
		return err
	case found.err != nil:
		return found.err
	case found.failed > 0:
		return fault.New(found.first, "%d of %d checks failed", found.failed, len(found.checks))
	}
	return nil
}

// checkedOne is one entry of `doctor -o json`; its names are a contract.
type checkedOne struct {
	Profile string   `json:"profile,omitempty"`
	Check   string   `json:"check"`
	State   string   `json:"state"` // ok | warn | fail | skip
	Finding string   `json:"finding"`
	Kind    string   `json:"kind,omitempty"` // of a failure, as in error objects
	Hints   []string `json:"hints,omitempty"`
}

// findings is the report so far.
type findings struct {
	width  int // of the column of profiles
	screen shown.Screen
	checks []checkedOne
	failed int
	first  fault.Kind // of the first failure
	err    error      // of writing it
}

func (f *findings) add(r doctor.Result) {
	one := checkedOne{Profile: r.Profile, Check: r.Check, State: strings.ToLower(string(r.State)), Finding: r.Finding, Hints: r.Hints}
	if r.State == doctor.Fail {
		one.Kind = r.Kind.String()
		if f.failed == 0 {
			f.first = r.Kind
		}
		f.failed++
	}
	f.checks = append(f.checks, one)
}

// nameWidth fits every profile's name, within reason.
func nameWidth(s config.Settings) int {
	names, _ := config.Names(s) // a broken file is the first finding
	width := 1
	for _, n := range names {
		width = max(width, min(utf8.RuneCountInString(n), 24))
	}
	return width
}

// print writes a line as soon as it is known: a dead host costs seconds.
// Hints go to stdout too, below what they fix: they are the report.
func (f *findings) print(w io.Writer, r doctor.Result) {
	if f.err != nil { // said once
		return
	}
	name := r.Profile
	if name == "" {
		name = "-"
	}
	s, state := f.screen, shown.Sprintf("%-4s", r.State)
	paint := map[doctor.State]shown.Paint{doctor.OK: shown.Green, doctor.Warn: shown.Yellow, doctor.Fail: shown.Red, doctor.Skip: shown.Faint}[r.State]
	f.err = shown.Fit(w, s, s.Hang(f.width+32), "%s  %-*s  %-22s  %s\n", s.Paint(paint, state), f.width, name, r.Check, shown.Line(r.Finding))
	for _, h := range r.Hints {
		if f.err == nil {
			f.err = shown.Fit(w, s, 8, "      %s %s\n", s.Paint(shown.Yellow, "hint:"), shown.Line(h))
		}
	}
}
