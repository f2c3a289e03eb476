package cmd

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"authctl/internal/shown"
)

// helpWidth is that of a page where nobody knows how wide its reader's is.
const helpWidth = 80

// help prints the page of a command or a topic, as wide as the terminal.
func (c *cli) help(cmd *cobra.Command, _ []string) {
	p := &helpPage{screen: c.sys.Screen(1), width: helpWidth}
	if p.screen.Width > 0 {
		p.width = p.screen.Width
	}
	p.text(cmp.Or(cmd.Long, cmd.Short))
	if !cmd.IsAdditionalHelpTopicCommand() {
		p.usage(cmd)
	}
	_, _ = io.WriteString(cmd.OutOrStdout(), p.b.String()) // which keeps its error
}

// helpPage collects the parts of a page.
type helpPage struct {
	screen shown.Screen
	width  int
	b      strings.Builder
}

func (p *helpPage) usage(cmd *cobra.Command) {
	p.heading("Usage:")
	if cmd.Runnable() {
		p.text("  " + cmd.UseLine())
	}
	if cmd.HasAvailableSubCommands() {
		p.text("  " + cmd.CommandPath() + " [command]")
	}
	if cmd.HasExample() {
		p.heading("Examples:")
		p.text(cmd.Example)
	}
	p.commands("Available Commands:", cmd, func(sub *cobra.Command) bool { return sub.IsAvailableCommand() || sub.Name() == "help" })
	p.flags("Flags:", cmd.LocalFlags())
	p.flags("Global Flags:", cmd.InheritedFlags())
	p.commands("Help topics:", cmd, (*cobra.Command).IsAdditionalHelpTopicCommand)
}

// text is lines of ours, each as it is where it fits. A paragraph that has one that
// does not is broken anew, and so is an indented line, below its second column.
func (p *helpPage) text(lines string) {
	var paragraph []string
	end := func() {
		fits := !slices.ContainsFunc(paragraph, func(line string) bool { return shown.Width(line) > p.width })
		if fits {
			p.lines(paragraph...)
		} else {
			p.lines(shown.Wrap(strings.Join(paragraph, " "), p.width, 0))
		}
		paragraph = nil
	}
	for _, line := range strings.Split(strings.TrimRight(lines, "\n "), "\n") {
		if line != "" && line[0] != ' ' {
			paragraph = append(paragraph, line)
			continue
		}
		end()
		p.lines(shown.Wrap(line, p.width, secondColumn(line)))
	}
	end()
}

func (p *helpPage) lines(lines ...string) {
	for _, line := range lines {
		p.b.WriteString(line + "\n")
	}
}

// secondColumn is where what a line says of its name begins, and a little to the
// right of its name where nothing does.
func secondColumn(line string) int {
	name := strings.TrimLeft(line, " ")
	indent := len(line) - len(name)
	if first, _, found := strings.Cut(name, "  "); found && len(first) < 24 {
		return indent + len(first) + len(name[len(first):]) - len(strings.TrimLeft(name[len(first):], " "))
	}
	return indent + 2
}

func (p *helpPage) heading(title string) {
	p.b.WriteString("\n" + p.screen.Paint(shown.Bold, title).String() + "\n")
}

func (p *helpPage) commands(title string, cmd *cobra.Command, meant func(*cobra.Command) bool) {
	names := 0
	for _, sub := range cmd.Commands() {
		if meant(sub) {
			names = max(names, len(sub.Name()))
		}
	}
	if names == 0 {
		return
	}
	p.heading(title)
	for _, sub := range cmd.Commands() {
		if meant(sub) {
			p.b.WriteString(shown.Wrap("  "+pad(sub.Name(), names)+" "+sub.Short, p.width, names+3) + "\n")
		}
	}
}

func (p *helpPage) flags(title string, flags *pflag.FlagSet) {
	if flags.HasAvailableFlags() {
		p.heading(title)
		p.b.WriteString(flags.FlagUsagesWrapped(p.width))
	}
}
