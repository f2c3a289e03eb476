package app

import (
	"runtime"

	"authctl/internal/host"
	"authctl/internal/login"
)

// flow is the part of a login that this machine decides.
func (a *App) flow(o LoginOptions) login.Flow {
	f := login.Flow{Terminal: a.terminal(), Rand: a.Sys.Rand, Limit: o.Limit}
	if f.Limit <= 0 {
		f.Limit = login.Limit
	}
	f.Remote = a.has("SSH_CONNECTION") || a.has("SSH_TTY")
	switch b := a.browser(f.Remote); {
	case o.NoBrowser:
	case b != nil:
		f.Browser, f.Remote = b, false
	case !f.Remote:
		f.Why = "This machine has no browser that authctl could open (login-device needs none)."
	}
	f.PasteLive = a.isTerminal(0)
	if o.Paste || (f.Remote && f.PasteLive) {
		f.Paste = a.Sys.In
	}
	return f
}

// browser is nil where there is none, and over SSH: it would open where
// nobody sees it, unless the person says which with $BROWSER.
func (a *App) browser(remote bool) Browser {
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
