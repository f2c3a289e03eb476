package acquire

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/saml"
	"authctl/internal/shown"
	"authctl/internal/wstrust"
)

// issue asks the service, again where it was not there to answer. Each attempt is a
// message of its own: a repeated one is a replay (WS-Security 1.1, 13).
func (a *Acquirer) issue(ctx context.Context, w wanted, leave func() error) (*saml.Assertion, error) {
	ctx, cancel := context.WithTimeout(ctx, a.Timeout)
	defer cancel()
	asking, err := a.asking(ctx, w)
	if err != nil {
		return nil, err
	}
	way, err := a.STS.Way(ctx, w.p, w.holder)
	if err != nil {
		return nil, err
	}
	for attempt := 1; ; attempt++ {
		issued, err := a.askSTS(ctx, w.p, asking, way, leave)
		var kept *notHeld
		if errors.As(err, &kept) {
			return nil, kept.err
		}
		if err == nil {
			return issued, nil
		}
		wait, again := a.again(err, true, attempt)
		if !again || a.Sleep(ctx, wait) != nil {
			return nil, a.explainSTS(ctx, w, err)
		}
	}
}

// asking is what w wants in the words of WS-Trust.
func (a *Acquirer) asking(ctx context.Context, w wanted) (wstrust.Asking, error) {
	signers, err := a.STS.Signers(ctx, w.p)
	if err != nil {
		return wstrust.Asking{}, err
	}
	key, _ := w.holder.PrivateKey.(crypto.Signer)
	return wstrust.Asking{STS: w.p.STS, Certificate: w.holder.Leaf, Key: keys.Until(ctx, key), Signers: signers, Now: a.Now, Rand: a.Rand}, nil
}

// STSRequest is the message that would be sent now for an assertion of p, signed.
func (a *Acquirer) STSRequest(ctx context.Context, p *profile.Profile) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, a.Timeout)
	defer cancel()
	w, err := a.wanted(ctx, p)
	if err != nil {
		return nil, err
	}
	asking, err := a.asking(ctx, w)
	if err != nil {
		return nil, err
	}
	m, err := asking.Message()
	return m.Body, unaskable(err)
}

// unaskable is a message that cannot be made: what it is made of is the profile's.
func unaskable(err error) error {
	var known *fault.Error
	if err == nil || errors.As(err, &known) { // of a signer
		return err
	}
	return fault.New(fault.Config, "%w", err)
}

// notIssued is an answer without an assertion that may be used.
type notIssued struct {
	cause   error
	refusal *endpoint.Refusal // the same by its HTTP status and times
}

func (n *notIssued) Error() string { return n.cause.Error() }

// Unwrap gives the reason, and the status for whoever decides about trying again.
func (n *notIssued) Unwrap() []error { return []error{n.cause, n.refusal} }

// askSTS sends one message once.
func (a *Acquirer) askSTS(ctx context.Context, p *profile.Profile, asking wstrust.Asking, way Poster, leave func() error) (*saml.Assertion, error) {
	m, err := asking.Message()
	if err != nil {
		return nil, unaskable(err)
	}
	r := &endpoint.Request{
		Profile: p, URL: p.STS.URL, Leave: leave,
		Document: &endpoint.Document{Body: m.Body, ContentType: m.ContentType, Accept: m.Accept},
	}
	if m.SOAPAction != "" {
		r.SetHeader("SOAPAction", m.SOAPAction, false)
	}
	defer a.Busy("waiting for " + endpoint.WithoutQuery(r.URL))()
	answer, err := way.Post(ctx, r)
	if err != nil {
		return nil, err
	}
	issued, err := asking.Read(m, answer.Status, answer.Header.Get("Content-Type"), answer.Body)
	if err != nil {
		return nil, &notIssued{err, endpoint.AsRefusal(answer)}
	}
	return issued, nil
}

// explainSTS turns what came back from the service into a fault.
func (a *Acquirer) explainSTS(ctx context.Context, w wanted, err error) error {
	p := w.p
	var lost *endpoint.SendError
	var not *notIssued
	switch {
	case errors.As(err, &lost):
		return explainLost(ctx, stsURL, p.STS.URL, lost)
	case !errors.As(err, &not):
		return err
	}
	var refused *wstrust.Fault
	var unfit *wstrust.Unfit
	switch {
	case errors.As(err, &refused):
		return refusedBySTS(p, refused, not.refusal, outOfTime(w, a.Now().Add(-not.refusal.Skew())))
	case errors.As(err, &unfit):
		f := fault.New(fault.Invalid, "the assertion of %s is not used: %w", endpoint.WithoutQuery(p.STS.URL), unfit)
		if unfit.Unpinned {
			return f.Hint("nothing was kept; where the service has a new certificate, which only its operator can say, add it to sts.signing_certificates in profile %s", p.Name)
		}
		return f.Hint("nothing was kept; authctl sts -p %s --show-request is what was asked for, and authctl doctor -p %s looks at the certificate and the clock", p.Name, p.Name)
	}
	if not.refusal.Location != "" {
		return fault.New(fault.Network, "asking %s: %w", endpoint.WithoutQuery(p.STS.URL), not.refusal).Hint("check %s", stsURL)
	}
	f := fault.New(fault.Network, "asking %s: %w", endpoint.WithoutQuery(p.STS.URL), not.cause)
	if wait := not.refusal.Wait(); wait != "" {
		return f.Hint("%s", wait)
	}
	return f.Hint("check %s and sts.protocol (%s) in profile %s; -v shows the exchange", stsURL, p.STS.Protocol, p.Name)
}

const stsURL = "sts.url"

// refusedBySTS is a fault of the service. What its numbers mean the profile knows;
// what is wrong here for certain comes first.
func refusedBySTS(p *profile.Profile, refused *wstrust.Fault, answer *endpoint.Refusal, certain string) error {
	f := &fault.Error{Kind: fault.Refused, Code: shown.Clean(refused.Code()), Err: fmt.Errorf("the security token service refused: %w", refused)}
	if certain != "" {
		f = f.Hint("%s", certain)
	}
	for _, h := range p.Hints {
		if hasWords(strings.Join(refused.Codes, " ")+": "+refused.Reason, h.Match) {
			f = f.Hint("%s", strings.ReplaceAll(h.Say, "{profile}", p.Name))
		}
	}
	if skew := answer.Skew(); skew.Abs() > tolerated {
		f = f.Hint("%s", SkewText(skew))
	}
	if len(f.Hints) > 0 {
		return f
	}
	for _, m := range meanings() {
		if slices.ContainsFunc(refused.Codes, func(c string) bool { return slices.Contains(m.codes, c) }) {
			return f.Hint("%s", strings.ReplaceAll(m.say, "{profile}", p.Name))
		}
	}
	return f.Hint("check sts in profile %s; authctl sts -p %s --show-request is what was asked", p.Name, p.Name)
}

// outOfTime says that the certificate of w is not good now, by the service's clock, where that is so. A
// service says of it only that it does not know or believe it.
func outOfTime(w wanted, now time.Time) string {
	what := w.p.STSCertificate().Path
	if w.p.STSCertificate().Ref.IsZero() {
		what = "the certificate in " + w.p.STSKey().Path
	}
	switch from, until := w.holder.Leaf.NotBefore, w.holder.Leaf.NotAfter; {
	case now.After(until):
		return fmt.Sprintf("%s expired on %s: get a new one and have it registered", what, until.Format(time.DateOnly))
	case now.Before(from):
		return fmt.Sprintf("%s is good from %s only", what, from.Format(time.DateOnly))
	}
	return ""
}

// meaning is what some codes of a fault have in common.
type meaning struct {
	codes []string
	say   string
}

// meanings are of WS-Security 1.1, 12 and WS-Trust 1.3, 11, the exact ones first.
func meanings() []meaning {
	return []meaning{
		{[]string{"MessageExpired", "ExpiredData", "InvalidTimeRange"}, "check this machine's clock, and sts.lifetime in profile {profile}"},
		{[]string{"InvalidScope"}, "the service does not know what the assertion is for: sts.applies_to in profile {profile} must be its name to the letter"},
		{[]string{"UnsupportedAlgorithm"}, "the service does not take RSA with SHA-256, which is the least that authctl signs with"},
		{
			[]string{"InvalidSecurity", "InvalidSecurityToken", "FailedCheck", "FailedAuthentication", "SecurityTokenUnavailable", "SecurityError"},
			"the service does not believe the signature: is the certificate of profile {profile} registered there, and is this machine's clock right? authctl doctor -p {profile} looks at both",
		},
		{
			[]string{"InvalidRequest", "BadRequest", "RequestFailed", "AuthenticationBadElements"},
			"check sts.applies_to, sts.claims, sts.key_type and sts.use_key in profile {profile}; authctl sts -p {profile} --show-request is what was asked",
		},
		{[]string{"ActionMismatch", "VersionMismatch", "MustUnderstand"}, "check sts.url and sts.protocol in profile {profile}"},
	}
}
