package cmd

import "authctl/internal/shown"

// screen is how stdout (1) or stderr (2) shows text.
func (c *cli) screen(fd int) shown.Screen {
	terminal, columns := c.atTerminal(fd), 0
	if terminal && c.sys.Columns != nil {
		columns = c.sys.Columns(fd)
	}
	return shown.NewScreen(terminal, columns, c.sys.Env)
}

func (c *cli) atTerminal(fd int) bool { return c.sys.IsTerminal != nil && c.sys.IsTerminal(fd) }
