package login

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/jwt"
	"authctl/internal/keys"
	"authctl/internal/shown"
	"authctl/internal/token"
)

// leeway is how far the server's clock may be from ours.
const leeway = time.Minute

// IDToken says what the id_token of a login must be (OpenID Connect Core
// 3.1.3.7). One that is present is always verified, asked for or not.
type IDToken struct {
	Profile  string // its name, for hints
	Issuer   string
	ClientID string
	Nonce    string // "" for the device flow, which has none
	Renews   string // the login's id_token, which a refresh renews; "" for a login
	Scopes   []string
	MaxAge   *time.Duration // what max_age asked for, nil for nothing
	Now      func() time.Time
	// Keys gives the server's keys; fresh asks the server again.
	Keys func(ctx context.Context, fresh bool) ([]*keys.Key, error)
	// Algs gives the algorithms that the server says it signs with, nil for any;
	// asked after Keys. nil: any.
	Algs func(ctx context.Context) []string
}

// Verify refuses a set whose id_token is missing though openid was asked for,
// or cannot be believed. The error is a fault.Invalid unless the keys could
// not be fetched.
func (v IDToken) Verify(ctx context.Context, set token.Set) error {
	if set.IDToken.IsZero() {
		if slices.Contains(v.Scopes, "openid") {
			return fault.New(fault.Invalid, "the server granted no id_token although the scope openid was asked for").
				Hint("take openid out of scopes in profile %s, if no id_token is needed", v.Profile)
		}
		return nil
	}
	if v.Issuer == "" {
		return fault.New(fault.Invalid, "the id_token cannot be verified: the profile names no issuer").
			Hint("set issuer, and jwks_url where there is no discovery, in profile %s", v.Profile)
	}
	o := jwt.VerifyOptions{
		Issuer: v.Issuer, ClientID: v.ClientID, Nonce: v.Nonce, AccessToken: set.AccessToken.Reveal(),
		Now: v.Now(), Leeway: leeway,
	}
	t, err := v.signed(ctx, set.IDToken.Reveal(), o)
	if err != nil && fault.KindOf(err) != fault.Internal {
		return err
	}
	if err == nil {
		err = v.complete(t.Claims)
	}
	if err != nil {
		return fault.New(fault.Invalid, "the id_token is not to be believed: %s", oneLine(err)).
			Hint("check issuer, client.id and jwks_url of profile %s, and this machine's clock", v.Profile)
	}
	return nil
}

// signed verifies with the keys at hand and, where they do not fit, once more
// with the server's keys of this moment: it may have rotated them.
func (v IDToken) signed(ctx context.Context, raw string, o jwt.VerifyOptions) (*jwt.Token, error) {
	var err error
	if o.Keys, err = v.Keys(ctx, false); err != nil {
		return nil, err
	}
	if v.Algs != nil {
		o.AllowedAlgs = v.Algs(ctx)
	}
	t, err := jwt.Verify(raw, o)
	if !errors.Is(err, jwt.ErrUnknownKey) && !errors.Is(err, jwt.ErrSignature) {
		return t, err
	}
	if o.Keys, err = v.Keys(ctx, true); err != nil {
		return nil, err
	}
	return jwt.Verify(raw, o)
}

// complete asks for what OpenID Connect Core 2 requires and a JWT does not.
func (v IDToken) complete(claims jwt.Object) error {
	if claims.String("sub") == "" {
		return errors.New("sub is missing or no text")
	}
	if !claims.Has("iat") {
		return errors.New("iat is missing")
	}
	if err := v.sameLogin(claims); err != nil {
		return err
	}
	if v.MaxAge == nil {
		return nil
	}
	at, err := claims.Time("auth_time")
	if err != nil || at.IsZero() || v.Now().Sub(at) > *v.MaxAge+leeway {
		return errors.New("auth_time does not show a login as recent as max_age asked for")
	}
	return nil
}

// sameLogin is OpenID Connect Core 12.2: a refresh must not change the person,
// and repeats the nonce of the login or none.
func (v IDToken) sameLogin(claims jwt.Object) error {
	if v.Renews == "" {
		return nil
	}
	first, err := jwt.Parse(v.Renews) // verified when it was kept
	if err != nil || first.Claims == nil {
		return nil
	}
	if claims.String("sub") != first.Claims.String("sub") {
		return errors.New("sub is not that of the login")
	}
	if claims.Has("nonce") && claims.String("nonce") != first.Claims.String("nonce") {
		return errors.New("nonce is not that of the login")
	}
	return nil
}

func oneLine(err error) string {
	return shown.Clean(strings.ReplaceAll(err.Error(), "\n", "; "))
}

// MaxAge reads the value of a max_age parameter, in seconds; nil when there is
// none. 0 asks for a login just now (OpenID Connect Core 3.1.2.1).
func MaxAge(params []endpoint.Param) (*time.Duration, error) {
	for _, p := range params {
		if p.Name != "max_age" {
			continue
		}
		seconds, err := strconv.ParseUint(fmt.Sprint(p.Value), 10, 32)
		if err != nil {
			return nil, fault.New(fault.Config, "login.params max_age is no number of seconds").Hint("profile field login.params")
		}
		d := time.Duration(seconds) * time.Second //nolint:gosec // 32 bits
		return &d, nil
	}
	return nil, nil
}
