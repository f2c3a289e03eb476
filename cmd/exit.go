package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/shown"
)

// exit prints err as the user meets it (docs/exit-codes.md) and returns the exit code.
func (c *cli) exit(ctx context.Context, err error) int {
	if err == nil {
		return 0
	}
	var code exitCode
	if errors.As(err, &code) {
		return int(code)
	}
	f := asFault(err)
	if context.Cause(ctx) != nil && errors.Is(err, context.Canceled) {
		f = &fault.Error{Kind: fault.Interrupted, Profile: f.Profile, Err: errors.New("interrupted")}
	}
	if f.Kind == fault.Internal && errors.Is(err, context.DeadlineExceeded) {
		f = outOfTime(f)
	}
	f = &fault.Error{Kind: f.Kind, Code: f.Code, Profile: f.Profile, Err: f.Err, Hints: advise(f.Profile, f.Hints)}
	if c.flags.jsonErrors {
		c.printJSON(f)
	} else {
		c.printText(f)
	}
	return f.Kind.ExitCode()
}

func asFault(err error) *fault.Error {
	var f *fault.Error
	if !errors.As(err, &f) {
		f = fault.New(kindOfPlain(err), "%w", err)
	}
	return f
}

// outOfTime is about a --timeout that ended while something else than a server
// was waited for: a secret command, a pipe, another process.
func outOfTime(f *fault.Error) *fault.Error {
	waited, _ := strings.CutSuffix(f.Error(), context.DeadlineExceeded.Error())
	out := fault.New(fault.Network, "%sthe time for this command is over", waited).Hint("--timeout or AUTHCTL_TIMEOUT allows more")
	out.Profile = f.Profile
	return out
}

// exitCode passes another program's exit code through (sandbox -- COMMAND, curl).
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// kindOfPlain: cobra reports wrong usage as plain errors before any command
// ran; every error of ours is a fault.
func kindOfPlain(err error) fault.Kind {
	for _, start := range []string{"unknown command", "accepts ", "requires ", "required flag", "if any flags in the group", "invalid argument", "at least one"} {
		if strings.HasPrefix(err.Error(), start) {
			return fault.Usage
		}
	}
	return fault.Internal
}

func (c *cli) printText(f *fault.Error) {
	line := f.Error()
	if f.Profile != "" {
		line = f.Profile + ": " + line
	}
	s := c.sys.Screen(2)
	_ = shown.Fit(c.sys.Err, s, 2, "%s %s\n", s.Paint(shown.Red, "authctl:"), shown.Line(line))
	for _, h := range f.Hints {
		_ = shown.Fit(c.sys.Err, s, 2, "%s %s\n", s.Paint(shown.Yellow, "hint:"), shown.Line(h))
	}
}

func (c *cli) printJSON(f *fault.Error) {
	type body struct {
		Kind    string   `json:"kind"`
		Profile string   `json:"profile,omitempty"`
		Code    string   `json:"code,omitempty"`
		Message string   `json:"message"`
		Hints   []string `json:"hints,omitempty"`
	}
	line, _ := shown.JSON(map[string]body{"error": {f.Kind.String(), f.Profile, f.Code, f.Error(), f.Hints}})
	_, _ = c.sys.Err.Write(line)
}

// wantsJSON finds -o json in a command line that could not be parsed, or whose
// command never ran. What follows -- is another program's.
func wantsJSON(args []string) bool {
	for i, arg := range args {
		switch arg {
		case "--":
			return false
		case "-o", "--output":
			if i+1 < len(args) && args[i+1] == "json" {
				return true
			}
		case "-ojson", "-o=json", "--output=json":
			return true
		}
	}
	return false
}
