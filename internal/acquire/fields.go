package acquire

import (
	"context"
	"encoding/base64"
	"strings"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// profileFields adds request.params and request.headers: what this server
// wants beyond the standard, such as a device's identity.
func (a *Acquirer) profileFields(ctx context.Context, p *profile.Profile, r *endpoint.Request) error {
	for _, f := range p.Request.Params {
		if f.Secret == nil && f.Basic == nil {
			r.Set(f.Name, f.Value) // any JSON value; endpoint encodes it
			continue
		}
		value, _, err := a.FieldValue(ctx, p, f)
		if err != nil {
			return err
		}
		r.SetSecret(f.Name, value)
	}
	for _, f := range p.Request.Headers {
		value, isSecret, err := a.HeaderValue(ctx, p, "request.headers", f)
		if err != nil {
			return err
		}
		if f.Basic != nil {
			if password, err := a.Secrets.Resolve(ctx, p.Name, f.Basic.Password); err == nil {
				r.Hide(password)
			}
		}
		r.SetHeader(f.Name, value.Reveal(), isSecret)
	}
	return nil
}

// HeaderValue is FieldValue of a header in the list that the profile calls by
// that name. What cannot stand in a header (RFC 9110 5.5) is refused here,
// where the reference is known: net/http would call it a lost request.
func (a *Acquirer) HeaderValue(ctx context.Context, p *profile.Profile, list string, f profile.Field) (secret.Text, bool, error) {
	value, isSecret, err := a.FieldValue(ctx, p, f)
	if err != nil || !strings.ContainsFunc(value.Reveal(), isControl) {
		return value, isSecret, err
	}
	from := "its value"
	if f.Secret != nil {
		from = f.Secret.String()
	}
	bad := fault.New(fault.Config, "%s %s of profile %s cannot be sent: %s holds a line break or another control character", list, f.Name, p.Name, from)
	if f.Secret != nil && f.Secret.Kind == secret.Keyring {
		return secret.Text{}, isSecret, bad.Hint("authctl secret set %s -p %s keeps another", f.Secret.Name, p.Name)
	}
	return secret.Text{}, isSecret, bad.Hint("a header is one line: correct what %s of %s in %s gives", from, f.Name, list)
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// FieldValue is the text of a profile field and whether it must be hidden.
func (a *Acquirer) FieldValue(ctx context.Context, p *profile.Profile, f profile.Field) (secret.Text, bool, error) {
	switch {
	case f.Secret != nil:
		text, err := a.Secrets.Resolve(ctx, p.Name, *f.Secret)
		return text, true, err
	case f.Basic != nil:
		password, err := a.Secrets.Resolve(ctx, p.Name, f.Basic.Password)
		if err != nil {
			return secret.Text{}, true, err
		}
		scheme := f.Basic.Scheme
		if scheme == "" {
			scheme = "Basic"
		}
		// RFC 7617 2: raw user-id and password around one colon.
		pair := f.Basic.Username + ":" + password.Reveal()
		return secret.New(scheme + " " + base64.StdEncoding.EncodeToString([]byte(pair))), true, nil
	default:
		text, ok := f.Value.(string)
		if !ok {
			text = ""
			if f.Value != nil {
				return secret.Text{}, false, fault.New(fault.Config, "field %s needs text", f.Name)
			}
		}
		return secret.New(text), false, nil
	}
}
