package acquire

import (
	"encoding/base64"
	"strings"
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
			a := New(Deps{Now: func() time.Time { return c.now }})
			err := a.CheckSubject(t.Context(), &profile.Profile{}, s, c.allow)
			if (err != nil) != c.refused || err != nil && fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s at %s, allowed %v: %v", name, c.now, c.allow, err)
			}
		}
	}
}

// A detail of an assertion that cannot be read is one warning, and is sent.
func TestAnUnreadableDetailIsOneWarning(t *testing.T) {
	const xml = `<?xml version="1.0" encoding="utf-16"?><Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion">` +
		`<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><KeyInfo><X509Data><X509Certificate>AAAA</X509Certificate></X509Data></KeyInfo></Signature>` +
		`<Conditions NotOnOrAfter="never"/></Assertion>`
	s, err := grant.WireSubject("subject token", []byte(xml), "")
	if err != nil {
		t.Fatal(err)
	}
	var warnings strings.Builder
	a := New(Deps{Now: time.Now, Warn: func(line string) { warnings.WriteString(line + "\n") }})
	if err := a.CheckSubject(t.Context(), &profile.Profile{}, s, false); err != nil {
		t.Error(err)
	}
	for _, want := range []string{`its encoding is "utf-16"`, "the certificate in the signature", `NotOnOrAfter of the SAML assertion is no time: "never"`} {
		if strings.Count(warnings.String(), want) != 1 || strings.Count(warnings.String(), "\n") != 3 {
			t.Errorf("%q is not once in %q", want, warnings.String())
		}
	}
	if sent, err := base64.RawURLEncoding.DecodeString(s.Token.Reveal()); err != nil || string(sent) != xml {
		t.Errorf("the bytes changed: %q, %v", sent, err)
	}
}
