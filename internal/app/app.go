package app

import (
	"context"
	"runtime"

	"authctl/internal/config"
	"authctl/internal/profile"
	"authctl/internal/secretstore"
	"authctl/internal/shown"
)

// App makes the services of one command, each when it is first asked for.
type App struct {
	Sys      System
	Settings config.Settings
	resolver *secretstore.Resolver
	ring     *secretstore.Ring
	stores   *stores
	hidden   []string // variables that hold secrets of the profile
}

// Open layers the settings; it reads no profile, no key and no store. ctx ends
// the wait for a profiles file that is a pipe.
func Open(ctx context.Context, sys System, flags config.Flags) (*App, error) {
	settings, err := config.Resolve(ctx, flags, sys.Env)
	if err != nil {
		return nil, err
	}
	return &App{Sys: sys, Settings: settings.OrOnly()}, nil
}

// Profile loads the chosen profile, or the default one.
func (a *App) Profile() (*profile.Profile, error) {
	p, err := config.LoadProfile(a.Settings, a.Settings.Profile)
	if err == nil {
		a.hidden = a.secretVariables(p)
	}
	return p, err
}

// secretVariables are those of p and of the store: no program is given them.
func (a *App) secretVariables(p *profile.Profile) []string {
	spec, _ := config.LoadShared(a.Settings, a.Sys.Env) // what is wrong with it is told where it is used
	return append(p.SecretVariables(), spec.SecretVariables()...)
}

// Warn prints one line for a person, unless --quiet.
func (a *App) Warn(line string) {
	if !a.Settings.Quiet {
		s := a.Sys.Screen(2)
		_ = shown.Fit(a.Sys.Err, s, 2, "authctl: %s %s\n", s.Paint(shown.Yellow, "warning:"), shown.Line(line))
	}
}

// once is Warn for whoever says the same thing at every attempt.
func (a *App) once() func(line string) {
	said := map[string]bool{}
	return func(line string) {
		if !said[line] {
			said[line] = true
			a.Warn(line)
		}
	}
}

// Ring is the OS keyring.
func (a *App) Ring() *secretstore.Ring {
	if a.ring == nil {
		a.ring = secretstore.NewRing(a.Sys.Keyring, a.Sys.Env)
		desktop := runtime.GOOS == "darwin" || a.has("DISPLAY") || a.has("WAYLAND_DISPLAY")
		if a.Sys.Terminal(2) && desktop && !a.has("SSH_CONNECTION") && !a.has("SSH_TTY") { // else nobody sees its dialog
			a.ring = a.ring.Before(a.Warn)
		}
	}
	return a.ring
}

// Secrets resolves secret references.
func (a *App) Secrets() *secretstore.Resolver {
	if a.resolver == nil {
		a.resolver = a.resolverWith(vault{a})
	}
	return a.resolver
}

// resolverWith looks into v for what the keyring could not hold; nil: nowhere.
func (a *App) resolverWith(v secretstore.Vault) *secretstore.Resolver {
	return secretstore.NewResolver(secretstore.Sources{
		Ring: a.Ring(), Env: a.Sys.Env, Stdin: a.Sys.In, Err: a.Sys.Err,
		Vault: v, Job: a.job, Hidden: func() []string { return a.hidden },
	})
}
