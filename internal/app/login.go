package app

import (
	"runtime"

	"authctl/internal/host"
	"authctl/internal/login"
	"authctl/internal/login/flows"
	"authctl/internal/shown"
)

// Login runs logins on this machine.
func (a *App) Login() (flows.Deps, error) {
	kept, err := a.Stores()
	return flows.Deps{
		Metadata: a.Metadata, Turns: kept, Terminal: a.terminal(), In: a.Sys.In, Live: a.isTerminal(0), Env: a.Sys.Env,
		Desktop: a.browser, Rand: a.Sys.Rand, Now: a.Sys.Now, Sleep: sleep, Note: a.note,
	}, err
}

// browser is nil where there is none, and over SSH: it would open where
// nobody sees it, unless the person says which with $BROWSER.
func (a *App) browser(remote bool) login.Browser {
	if a.Sys.Browser != nil {
		return a.Sys.Browser
	}
	if remote && !a.has("BROWSER") {
		return nil
	}
	if d := host.NewBrowser(runtime.GOOS, a.Sys.Env, a.hidden); d != nil {
		return d
	}
	return nil
}

func (a *App) has(name string) bool {
	v, ok := a.Sys.Env(name)
	return ok && v != ""
}

func (a *App) isTerminal(fd int) bool { return a.Sys.IsTerminal != nil && a.Sys.IsTerminal(fd) }

func (a *App) terminal() login.Terminal {
	return login.Terminal{Err: a.Sys.Err, Live: a.isTerminal(2), Quiet: a.Settings.Quiet, Columns: a.Sys.Columns}
}

// note is a line for `-v`.
func (a *App) note(line string) {
	if a.Settings.Verbose {
		_ = shown.Fprintf(a.Sys.Err, "* %s\n", line)
	}
}
