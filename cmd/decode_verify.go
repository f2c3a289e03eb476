package cmd

import (
	"context"
	"errors"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/inspect"
	"authctl/internal/jwt"
	"authctl/internal/keys"
	"authctl/internal/metadata"
	"authctl/internal/profile"
)

// looker gives the function that reads one token, verified if asked for.
func (c *cli) looker(ctx context.Context, v verifyFlags) (func(string) (inspect.Report, error), error) {
	if !v.on {
		return func(token string) (inspect.Report, error) {
			r, err := inspect.Look(token)
			if err != nil {
				return r, fault.New(fault.Invalid, "%w", err)
			}
			return r, nil
		}, nil
	}
	by, err := c.verifier(ctx, v)
	if err != nil {
		return nil, err
	}
	return func(token string) (inspect.Report, error) {
		r, err := inspect.Look(token)
		switch {
		case err == nil && r.Kind != inspect.JWT && r.Kind != inspect.JWS:
			return r, cannotVerify(r.Kind)
		case err == nil && r.Unverifiable != "":
			return r, fault.New(fault.Invalid, "the token cannot be verified: %s", r.Unverifiable)
		}
		// What is no JWS to the letter is worth no question to a server.
		if _, err := jwt.Parse(token); err != nil {
			return r, invalid(nil, err)
		}
		t, err := by.verify(token, by.options)
		if err != nil {
			return inspect.Report{}, fault.In(by.profile, invalid(t, err))
		}
		r = inspect.OfToken(t)
		r.Verified, r.Checked = true, whatWasChecked(by.options)
		return r, nil
	}, nil
}

// verifier is where the keys come from, and what is expected of the token.
type verifier struct {
	profile string // "" without one
	options jwt.VerifyOptions
	verify  func(token string, o jwt.VerifyOptions) (*jwt.Token, error)
}

// whatWasChecked names what was verified, for the first line of the output.
func whatWasChecked(o jwt.VerifyOptions) string {
	if o.SignatureOnly {
		return "signature only, no claim was looked at"
	}
	names := []string{"signature"}
	for _, e := range []struct {
		name string
		is   bool
	}{
		{"issuer", o.Issuer != ""},
		{"audience", o.Audience != "" || o.ClientID != ""},
		{"nonce", o.Nonce != ""},
		{"times", !o.AllowExpired},
	} {
		if e.is {
			names = append(names, e.name)
		}
	}
	if o.AllowExpired {
		names = append(names, "not whether it has expired")
	}
	return strings.Join(names, ", ")
}

func cannotVerify(kind inspect.Kind) error {
	why := map[inspect.Kind]string{
		inspect.Opaque: "the token is opaque: only the server that issued it can tell whether it is valid",
		inspect.JWE:    "the token is encrypted (JWE) and is not decrypted here",
		inspect.SAML:   "it is a SAML assertion, whose XML signature is not verified here",

		inspect.SAMLDocument: "it is an XML document, whose signature is not verified here",
	}
	return fault.New(fault.Invalid, "%s", why[kind])
}

// invalid is the outcome of a failed verification in one line.
func invalid(t *jwt.Token, err error) error {
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	text := strings.ReplaceAll(err.Error(), "\n", "; ")
	f := fault.New(fault.Invalid, "the token is not valid: %s", text)
	if t != nil && t.SignatureOK {
		f = fault.New(fault.Invalid, "the signature is right, but %s", text)
	}
	if errors.Is(err, jwt.ErrExpired) {
		return f.Hint("--allow-expired verifies everything else")
	}
	return f
}

// verifier finds the keys: --key, --jwks, or the profile's server.
func (c *cli) verifier(ctx context.Context, v verifyFlags) (*verifier, error) {
	by := &verifier{verify: jwt.Verify, options: jwt.VerifyOptions{
		SignatureOnly: v.signatureOnly, AllowedAlgs: v.algs, Issuer: v.issuer, Audience: v.audience, Nonce: v.nonce,
		Now: c.sys.Now(), Leeway: v.leeway, AllowExpired: v.allowExpired,
	}}
	switch {
	case v.keyFile != "":
		key, err := c.loadKey(ctx, v.keyFile, v.key)
		if err != nil {
			return nil, err
		}
		// The user says that this is the key, whatever id it or the token has.
		key.KID = ""
		by.options.Keys = []*keys.Key{key}
		return by, nil
	case v.jwks != "":
		set, err := c.loadJWKS(ctx, v.jwks)
		by.options.Keys = set
		return by, err
	default:
		return by, c.byProfile(ctx, by)
	}
}

func (c *cli) loadJWKS(ctx context.Context, name string) ([]*keys.Key, error) {
	if strings.HasPrefix(name, "https://") || strings.HasPrefix(name, "http://") {
		a, err := c.open(ctx)
		if err != nil {
			return nil, err
		}
		client, err := a.Client(ctx, &profile.Profile{})
		if err != nil {
			return nil, err
		}
		return metadata.JWKS(ctx, client, name)
	}
	data, err := c.readKey(ctx, name)
	if err != nil {
		return nil, err
	}
	set, err := keys.ParseJWKS(data)
	if err != nil {
		return nil, fault.New(fault.Config, "%s: %w", shownName(name), err).Hint("--key is for a single key")
	}
	return set, nil
}

// byProfile takes keys, issuer and audience from the profile.
func (c *cli) byProfile(ctx context.Context, by *verifier) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	p, err := a.Profile()
	if err != nil {
		return hinted(err, "--key FILE or --jwks FILE verify without a profile")
	}
	by.profile = p.Name
	source, err := a.Metadata(ctx, p)
	if err != nil {
		return fault.In(p.Name, err)
	}
	by.verify = func(token string, o jwt.VerifyOptions) (*jwt.Token, error) {
		return source.Verify(ctx, p, token, o)
	}
	o := &by.options
	if o.SignatureOnly {
		return nil
	}
	if o.Issuer == "" {
		if o.Issuer, err = source.Issuer(ctx, p); err != nil {
			return fault.In(p.Name, err)
		}
	}
	if o.Issuer == "" {
		return fault.In(p.Name, fault.New(fault.Config, "the profile has no issuer to hold iss against").
			Hint("set issuer in profile %s, or --issuer", p.Name))
	}
	if o.Audience == "" {
		o.ClientID = p.Client.ID // as an ID Token must
	} else {
		o.Party = p.Client.ID // an access token is for an API and names the client in azp
	}
	return nil
}

// hinted adds one more way out to a fault.
func hinted(err error, hint string) error {
	var f *fault.Error
	if errors.As(err, &f) {
		_ = f.Hint("%s", hint)
	}
	return err
}
