package app

import "authctl/internal/app/life"

// Life removes and renames profiles.
func (a *App) Life() (life.Deps, error) {
	sessions, err := a.Sessions()
	return life.Deps{Settings: a.Settings, Secrets: a.Secrets(), Sessions: sessions}, err
}
