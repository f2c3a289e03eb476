package app

import (
	"context"
	"crypto/tls"

	"authctl/internal/doctor"
	"authctl/internal/fault"
	"authctl/internal/profile"
)

// DoctorOptions is one `authctl doctor`.
type DoctorOptions struct {
	All bool // every profile instead of the chosen one
	doctor.Options
}

// Doctor reports what it finds as it finds it. It returns an error only when
// the checks could not be made to the end.
func (a *App) Doctor(ctx context.Context, o DoctorOptions, report func(doctor.Result)) error {
	deps := doctor.Deps{
		Secrets: a.Secrets(), TLS: a.tlsConfig, Client: a.Client, Now: a.Sys.Now, Busy: a.Busy, Timeout: a.Settings.Timeout,
		Store: func() (doctor.Store, error) {
			s, err := a.Stores()
			if err != nil {
				return nil, err // not a nil *stores in an interface
			}
			return s, nil
		},
	}
	if s, err := a.Stores(); err == nil && s.check != nil {
		deps.Engine = s.check
	}
	for _, p := range doctor.File(a.Settings, a.Settings.Profile, o.All, report) {
		doctor.Examine(ctx, deps, p, o.Options, report)
		if ctx.Err() != nil {
			return fault.In(p.Name, ctx.Err())
		}
	}
	return ctx.Err()
}

func (a *App) tlsConfig(ctx context.Context, p *profile.Profile) (*tls.Config, error) {
	t, err := a.wire(a.Secrets()).Trust().Of(ctx, p)
	return t.Config, err
}
