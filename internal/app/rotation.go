package app

import (
	"context"

	"authctl/internal/acquire"
	"authctl/internal/profile"
	"authctl/internal/rotation"
)

// Rotation changes the keys of profiles.
func (a *App) Rotation() *rotation.Deps {
	return &rotation.Deps{Secrets: a.Secrets(), Rand: a.Sys.Rand, Home: a.home, Try: func(ctx context.Context, p *profile.Profile) error {
		once := *p
		once.Token.SingleUse = true // so that nothing is kept, and no kept token is taken
		acq, err := a.Acquirer(&once)
		if err == nil {
			_, err = acq.Token(ctx, &once, acquire.Options{})
		}
		return err
	}}
}
