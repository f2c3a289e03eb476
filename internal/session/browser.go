package session

import (
	"context"

	"authctl/internal/login"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/shown"
	"authctl/internal/store"
)

// logoutAddress is where a person ends the login that r came from, none when it
// was none or the server has no such page.
func (s Sessions) logoutAddress(ctx context.Context, r store.Record) (none shown.Address) {
	if !profile.GrantNamed(r.Grant).AtServer() {
		return none
	}
	p, err := s.Profile(r.Profile)
	if err != nil {
		return none
	}
	source, err := s.Metadata(ctx, p)
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
