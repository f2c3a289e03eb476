package cmd

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"authctl/internal/fault"
	"authctl/internal/shown"
)

func newExitCodesTopic(*cli) *cobra.Command {
	var text strings.Builder
	text.WriteString("Exit codes, with the kind that an error object of -o json has:\n\n")
	for _, o := range fault.Outcomes() {
		line := "  " + pad(strconv.Itoa(o.Code), 4) + " " + pad(o.Name, 11) + " " + o.Means
		text.WriteString(shown.Wrap(line, helpWidth, 19) + "\n")
	}
	text.WriteString(`
A script may try again after 5, and not after 4. curl passes curl's own code
through: 125 when authctl failed before, 127 when there is no curl. exec becomes
its COMMAND, with that one's code: where authctl failed before, 125, or 126 when
COMMAND cannot be run and 127 when there is none. sandbox -- COMMAND passes
COMMAND's code.
`)
	return &cobra.Command{Use: "exit-codes", Short: "Exit codes and what they mean", Long: text.String()}
}

func pad(s string, width int) string { return s + strings.Repeat(" ", max(0, width-len(s))) }
