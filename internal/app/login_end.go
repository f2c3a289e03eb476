package app

import (
	"context"

	"authctl/internal/config"
	"authctl/internal/grant"
	"authctl/internal/login"
	"authctl/internal/metadata"
	"authctl/internal/store"
)

// logoutAddress is where a person ends the login that r came from, "" when it
// was none or the server has no such page.
func (a *App) logoutAddress(ctx context.Context, r store.Record) string {
	if r.Grant != (grant.AuthorizationCode{}).Name() && r.Grant != (grant.DeviceCode{}).Name() {
		return ""
	}
	p, err := config.LoadProfile(a.Settings, r.Profile)
	if err != nil {
		return ""
	}
	source, err := a.Metadata(ctx, p)
	if err != nil {
		return ""
	}
	at := source.Optional(ctx, p, metadata.NeedEndSession).EndSession
	if at == "" {
		return ""
	}
	address, err := login.LogoutAddress(at, p.Client.ID)
	if err != nil {
		return ""
	}
	return address
}
