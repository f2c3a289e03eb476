package flows

import (
	"context"
	"time"

	"authctl/internal/acquire"
	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/login"
	"authctl/internal/login/device"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/token"
)

// Device asks a person at another machine (RFC 8628), who is waited for
// as long as the code lives and at most for limit (0: no other limit), and
// keeps the session.
func (d Deps) Device(ctx context.Context, p *profile.Profile, acq *acquire.Acquirer, limit time.Duration) (acquire.Result, error) {
	if err := acq.Ready(ctx); err != nil {
		return acquire.Result{}, err
	}
	e, src, err := d.endpoints(ctx, p, metadata.NeedDevice)
	if err != nil {
		return acquire.Result{}, err
	}
	verifier, err := login.NewVerifier(d.Rand)
	if err != nil {
		return acquire.Result{}, fault.New(fault.Internal, "%w", err)
	}
	// Clients that must use PKCE must use it here as well at some servers
	// (Keycloak); RFC 8628 knows no code_challenge, and others ignore it.
	extra := append(params(p, nil), endpoint.Param{Name: "code_challenge", Value: login.Challenge(verifier)},
		endpoint.Param{Name: "code_challenge_method", Value: "S256"})
	auth, err := askDevice(ctx, p, acq, e.Device, extra)
	if err != nil {
		return acquire.Result{}, err
	}
	auth = auth.Within(limit)
	screen := d.Terminal
	auth.Show(screen)
	defer screen.Waiting(ctx, "the login at "+auth.Address.Host(), auth.ExpiresIn)()
	check := d.idToken(p, src, e.Issuer, "", nil)
	var set token.Set
	var outcome error
	err = auth.Poll(ctx, d.Sleep, func(ctx context.Context) error {
		granted := false
		set, outcome = acq.Start(ctx, p, grant.DeviceCode{Code: auth.DeviceCode, Verifier: verifier}, acquire.StartOptions{
			MustKeep: true, Check: func(s token.Set) error {
				granted = true
				return accept(ctx, check, s)
			},
		})
		if granted {
			return nil // the code is spent, whatever came of it
		}
		return outcome
	})
	if err == nil {
		err = outcome
	}
	return acquire.Result{Set: set}, err
}

// askDevice is the device authorization request (RFC 8628 3.1).
func askDevice(ctx context.Context, p *profile.Profile, acq *acquire.Acquirer, at string, params []endpoint.Param) (device.Authorization, error) {
	answer, err := acq.Call(ctx, asForm(p), "device_authorization_url", at, func(r *endpoint.Request) error {
		r.Set("client_id", p.Client.ID)
		grant.Target(p, r)
		r.Params = append(r.Params, params...)
		return nil
	})
	if err != nil {
		return device.Authorization{}, err
	}
	return device.Parse(answer)
}
