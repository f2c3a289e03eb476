package app

import (
	"context"

	"authctl/internal/config"
	"authctl/internal/login"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/shown"
	"authctl/internal/store"
)

// logoutAddress is where a person ends the login that r came from, none when it
// was none or the server has no such page.
func (a *App) logoutAddress(ctx context.Context, r store.Record) (none shown.Address) {
	if !profile.GrantNamed(r.Grant).Login {
		return none
	}
	p, err := config.LoadProfile(a.Settings, r.Profile)
	if err != nil {
		return none
	}
	source, err := a.Metadata(ctx, p)
	if err != nil {
		return none
	}
	at := source.Optional(ctx, p, metadata.NeedEndSession).EndSession
	if at == "" {
		return none
	}
	address, err := login.LogoutAddress(at, p.Client.ID)
	if err != nil {
		return none
	}
	return address
}
