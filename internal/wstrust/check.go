package wstrust

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"authctl/internal/saml"
)

// skew is how far the clocks may be apart, and what is needed to use the assertion.
const skew = time.Minute

// check is true of what was asked for: services were seen to issue for another
// certificate than the one they were asked for.
func (a *Asking) check(got *saml.Assertion) error {
	if !got.For(a.STS.AppliesTo) {
		return unfit("the assertion is for %.200q, and was asked for %q (sts.applies_to)", strings.Join(got.Audiences, " "), a.STS.AppliesTo)
	}
	if err := a.checkHolder(got); err != nil {
		return err
	}
	for _, claim := range a.STS.Claims {
		var values []string
		for _, attribute := range got.Attributes {
			if attribute.Name == claim.Name {
				values = append(values, attribute.Values...)
			}
		}
		// Of two values, whoever is handed the assertion may take the other one.
		if len(values) == 0 || slices.ContainsFunc(values, func(v string) bool { return v != claim.Value }) {
			return unfit("the assertion has %.120q as %s, and was asked for with %q", strings.Join(values, " "), claim.Name, claim.Value)
		}
	}
	return a.checkTimes(got)
}

// checkHolder: whoever else's key it is for cannot be proven (SAML 2.0 Profiles, 3.1).
func (a *Asking) checkHolder(got *saml.Assertion) error {
	if a.bearer() || a.Certificate == nil {
		return nil
	}
	switch holder := got.HolderOfKeyCert; {
	case holder == nil:
		return unfit("the assertion names no holder's certificate, and was asked for with that of %.120q", a.Certificate.Subject.String())
	case !bytes.Equal(holder.Raw, a.Certificate.Raw):
		return unfit("the assertion is for the holder of another certificate: %.120q with number %x, and ours is %.120q with number %x",
			holder.Subject.String(), holder.SerialNumber, a.Certificate.Subject.String(), a.Certificate.SerialNumber)
	}
	return nil
}

func (a *Asking) checkTimes(got *saml.Assertion) error {
	now := a.Now()
	switch {
	case got.Untimely != "":
		return unfit("%s", got.Untimely)
	case got.NotOnOrAfter.IsZero():
		return unfit("the assertion does not say until when it is valid")
	case !got.NotOnOrAfter.After(now.Add(skew)):
		return unfit("the assertion is valid until %s, and it is %s here: more than a minute is needed", shownTime(got.NotOnOrAfter), shownTime(now))
	case got.NotBefore.After(now.Add(skew)):
		return unfit("the assertion is valid from %s on, and it is %s here", shownTime(got.NotBefore), shownTime(now))
	}
	return nil
}

func shownTime(t time.Time) string { return t.UTC().Format(instant) }
