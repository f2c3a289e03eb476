package flows

import (
	"context"
	"slices"

	"authctl/internal/acquire"
	"authctl/internal/metadata"
	"authctl/internal/profile"
)

// Any logs a person in by the way that this machine and the server have: in the
// browser, on another device (RFC 8628) where none can be opened here and the
// server has the endpoint, else in a browser elsewhere whose address is pasted.
// A profile whose grant is device_code is always logged in on another device, and
// one whose grant is password, and no other, by that.
func (d Deps) Any(ctx context.Context, p *profile.Profile, acq *acquire.Acquirer, o Options) (acquire.Result, error) {
	if g := p.GrantType(); g.Login && !g.AtServer() {
		return d.Password(ctx, p, acq, o.Person)
	}
	byDevice := slices.Equal(p.GrantType().Endpoints, []string{profile.DeviceAuthorizationURL})
	if !byDevice && d.flow(o).Browser == nil {
		src, err := d.Metadata(ctx, p)
		if err != nil {
			return acquire.Result{}, err
		}
		byDevice = src.Optional(ctx, p, metadata.NeedDevice).Device != ""
	}
	if byDevice {
		return d.Device(ctx, p, acq, o.Limit)
	}
	return d.Browser(ctx, p, acq, o)
}
