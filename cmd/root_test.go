package cmd

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"authctl/internal/app"
	"authctl/internal/fault"
	"authctl/internal/profile"
)

// TestOneCommandIsBuilt: the word in the list is the command's own name, and
// only that command is built when the arguments begin with it.
func TestOneCommandIsBuilt(t *testing.T) {
	for _, e := range commands() {
		root := newRoot(&cli{sys: app.System{}}, []string{e.name, "--help"})
		built := root.Commands()
		if len(built) != 1 || built[0].Name() != e.name {
			t.Errorf("%s: %d commands were built, the first is %s", e.name, len(built), built[0].Name())
		}
	}
}

func TestAllCommandsAreBuilt(t *testing.T) {
	for _, args := range [][]string{nil, {"help", "token"}, {"-p", "x", "token"}, {"tokken"}, {"__complete", "tok"}} {
		root := newRoot(&cli{sys: app.System{}}, args)
		if got := len(root.Commands()); got != len(commands())+2 { // help and completion
			t.Errorf("%v: %d commands were built, want all %d and two of the library", args, got, len(commands()))
		}
	}
}

// docs/threats.md 40: what /proc shows of a command line is never a secret. A
// flag that is about one takes a file, a reference, or the kind of it.
func TestNoFlagTakesASecret(t *testing.T) {
	taken := []string{"file", "FILE", "FILE|URL", "reference", "type"}
	harmless := []string{"key-in", "key-kid", "token-endpoint"} // where a key goes, its public id, an address
	seen := 0
	check := func(path string) func(*pflag.Flag) {
		return func(f *pflag.Flag) {
			about := slices.ContainsFunc([]string{"secret", "pass", "token", "key", "jwks", "assertion", "credential", "code"}, func(word string) bool {
				return strings.Contains(f.Name, word)
			})
			if !about || f.Value.Type() == "bool" || slices.Contains(harmless, f.Name) {
				return
			}
			seen++
			if value, _ := pflag.UnquoteUsage(f); !slices.Contains(taken, value) {
				t.Errorf("%s --%s takes a %q", path, f.Name, value)
			}
		}
	}
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		c.Flags().VisitAll(check(c.CommandPath()))
		c.PersistentFlags().VisitAll(check(c.CommandPath()))
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRoot(&cli{sys: app.System{}}, nil))
	if seen < 8 {
		t.Errorf("only %d flags were looked at", seen)
	}
}

// What a profile's hints say, or a file is called, writes no control sequences
// to the terminal and no lines of its own.
func TestMessagesAreLinesOfText(t *testing.T) {
	var errs strings.Builder
	c := &cli{sys: app.System{Err: &errs}}
	c.printText(fault.New(fault.Config, "one\ntwo\x1b[31m").Hint("three\r\nfour\x9b\u202e æ"))
	if want := "authctl: one two[31m\nhint: three four æ\n"; errs.String() != want {
		t.Errorf("%q, want %q", errs.String(), want)
	}
}

// TestEverySessionStartsWithACommand that there is, with flags that it has.
func TestEverySessionStartsWithACommand(t *testing.T) {
	for _, g := range profile.GrantTypes() {
		if !g.Session() {
			continue
		}
		words := strings.Fields(strings.NewReplacer("{profile}", "p", "FILE", "f").Replace(g.Starts))
		cmd, rest, err := newRoot(&cli{sys: app.System{}}, words).Find(words)
		if err != nil || cmd.Name() != words[0] {
			t.Errorf("%s: %q is no command: %v", g.Name, g.Starts, err)
		} else if err := cmd.ParseFlags(rest); err != nil {
			t.Errorf("%s: %q: %v", g.Name, g.Starts, err)
		}
	}
}
