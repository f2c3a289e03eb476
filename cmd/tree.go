package cmd

import (
	"github.com/spf13/cobra"

	"authctl/internal/app"
)

// Tree is every subcommand with its flags and help, for the generator of
// completions/, docs/cli and docs/man (internal/gen). It is not for running.
func Tree(sys app.System) *cobra.Command {
	return newRoot(&cli{sys: sys}, nil)
}
