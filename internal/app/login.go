package app

import (
	"context"
	"runtime"

	"authctl/internal/clientauth"
	"authctl/internal/host"
	"authctl/internal/login"
	"authctl/internal/login/flows"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/shown"
)

// Login runs logins on this machine.
func (a *App) Login() (flows.Deps, error) {
	kept, err := a.Stores()
	auth := clientauth.Deps{Secrets: a.Secrets(), Now: a.Sys.Now, Rand: a.Sys.Rand}
	return flows.Deps{
		Metadata: a.Metadata, Turns: kept, Terminal: a.terminal(), In: a.Sys.In, Live: a.Sys.Terminal(0), Env: a.Sys.Env,
		Desktop: a.browser, Rand: a.Sys.Rand, Now: a.Sys.Now, Sleep: sleep, Note: a.note,
		Sign: func(ctx context.Context, p *profile.Profile, params map[string]any) (secret.Text, error) {
			return clientauth.Request(ctx, auth, p, params)
		},
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

func (a *App) terminal() login.Terminal {
	t := login.Terminal{Err: a.Sys.Err, Live: a.Sys.Terminal(2), Quiet: a.Settings.Quiet, Colour: a.Sys.Screen(2).Colour}
	if a.Sys.Columns != nil {
		t.Columns = func() int { return a.Sys.Columns(2) }
	}
	return t
}

// note is a line for `-v`.
func (a *App) note(line string) {
	if a.Settings.Verbose {
		_ = shown.Fprintf(a.Sys.Err, "* %s\n", line)
	}
}
