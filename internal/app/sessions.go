package app

import (
	"context"

	"authctl/internal/app/life"
	"authctl/internal/config"
	"authctl/internal/profile"
	"authctl/internal/session"
)

// Sessions is what is kept, to be listed and forgotten.
func (a *App) Sessions() (session.Sessions, error) {
	kept, err := a.Stores()
	if err != nil {
		return session.Sessions{}, err
	}
	return session.Sessions{
		Store: kept, Keep: kept.Put,
		Profile:  func(name string) (*profile.Profile, error) { return config.LoadProfile(a.Settings, name) },
		Revoker:  func(p *profile.Profile) (session.Revoker, error) { return a.Acquirer(p) },
		Metadata: a.Metadata, Now: a.Sys.Now, Warn: a.Warn,
	}, err
}

// Known is the fault of a profile that is in no file and of which nothing is
// kept: a name that was mistyped. What an older file named may still be kept.
func (a *App) Known(ctx context.Context, profileName string) error {
	unknown := config.Known(a.Settings, profileName)
	if unknown == nil || profileName == "" {
		return nil
	}
	s, err := a.Sessions()
	if err != nil {
		return err
	}
	if any, err := s.Any(ctx, profileName); any || err != nil {
		return err
	}
	return unknown
}

// StorePlace is the kind of store in use and its folder or where its engine is, "" where nothing is kept.
func (a *App) StorePlace() (kind, folder string, err error) {
	s, err := a.Stores()
	if err != nil {
		return "", "", err
	}
	return s.Kind(), s.Folder() + s.place, nil
}

// Life removes and renames profiles.
func (a *App) Life() (life.Deps, error) {
	sessions, err := a.Sessions()
	return life.Deps{Settings: a.Settings, Secrets: a.Secrets(), Sessions: sessions}, err
}
