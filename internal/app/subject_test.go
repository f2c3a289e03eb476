package app

import (
	"encoding/base64"
	"testing"
	"time"

	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/profile"
	"authctl/internal/saml"
	"authctl/internal/secret"
)

// Both kinds of subject end exactly on the instant they name, not after it.
func TestASubjectExpiresOnTheInstant(t *testing.T) {
	end := time.Unix(1_000_000_000, 0)
	b64 := base64.RawURLEncoding.EncodeToString
	jws := b64([]byte(`{"alg":"ES256"}`)) + "." + b64([]byte(`{"exp":1000000000}`)) + ".AAAA"
	for name, s := range map[string]grant.Subject{
		"SAML": {Token: secret.New("PD94"), Type: "saml2", Assertion: &saml.Assertion{NotOnOrAfter: end}},
		"JWT":  {Token: secret.New(jws), Type: "access_token"},
	} {
		for _, c := range []struct {
			now     time.Time
			allow   bool
			refused bool
		}{{end.Add(-time.Nanosecond), false, false}, {end, false, true}, {end, true, false}} {
			a := &App{Sys: System{Now: func() time.Time { return c.now }}}
			err := a.CheckSubject(t.Context(), &profile.Profile{}, s, c.allow)
			if (err != nil) != c.refused || err != nil && fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s at %s, allowed %v: %v", name, c.now, c.allow, err)
			}
		}
	}
}
