package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"authctl/internal/fault"
)

// noArguments is for commands whose input is flags alone. What was given is
// not repeated: it may be a secret in the wrong place.
func noArguments(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case cmd.HasSubCommands():
		return noSuchCommand(cmd, args)
	}
	return fault.New(fault.Usage, "%s takes no arguments", cmd.CommandPath()).
		Hint("-p NAME chooses a profile; %s --help shows the flags", cmd.CommandPath())
}

// one is for commands with exactly one argument, what.
func one(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		return fault.New(fault.Usage, "%s needs one %s; %d were given", cmd.CommandPath(), what, len(args)).Hint("%s --help", cmd.CommandPath())
	}
}

// oneAtMost is for commands whose one argument may be left out.
func oneAtMost(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) <= 1 {
			return nil
		}
		return fault.New(fault.Usage, "%s takes one %s at most; %d were given", cmd.CommandPath(), what, len(args)).Hint("%s --help", cmd.CommandPath())
	}
}

// noSuchCommand is about a first word that is no subcommand of parent.
func noSuchCommand(parent *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	f := fault.New(fault.Usage, "there is no command %q", args[0])
	if parent.HasParent() {
		f = fault.New(fault.Usage, "there is no command %q of %s", args[0], parent.CommandPath())
	}
	// As many letters may be wrong; cobra sets this only for its own message.
	parent.SuggestionsMinimumDistance = 2
	path := parent.CommandPath() + " "
	if near := parent.SuggestionsFor(args[0]); len(near) > 0 {
		return f.Hint("did you mean %s?", path+strings.Join(near, " or "+path))
	}
	return f.Hint("%s--help lists them", path)
}

// strictHelpers adds cobra's own help and completion, which would answer a
// misspelt word with a page of help on stdout and exit code 0.
func strictHelpers(root *cobra.Command, args []string) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd(args...)
	for _, sub := range root.Commands() {
		switch sub.Name() {
		case "help":
			sub.RunE = func(_ *cobra.Command, words []string) error { return help(root, words) }
		case "completion":
			sub.Args = noArguments
			sub.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
}

// help prints the page of the command that words name.
func help(root *cobra.Command, words []string) error {
	topic, rest, err := root.Find(words)
	if err != nil {
		return err
	}
	if len(rest) > 0 && topic.HasSubCommands() {
		return noSuchCommand(topic, rest)
	}
	if topic.Runnable() {
		topic.InitDefaultHelpFlag()
	}
	return topic.Help()
}
