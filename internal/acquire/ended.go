package acquire

import (
	"context"
	"errors"
	"maps"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
)

// Facts that a record keeps beside the token set.
const (
	endedBecause = "ended"    // why the session is over
	cutOff       = "cut off"  // a refresh before this one never finished
	switched     = "switched" // a refresh asked for more than the exchange did
)

func withFact(facts map[string]string, fact string) map[string]string {
	out := map[string]string{fact: "yes"}
	maps.Copy(out, facts)
	return out
}

// afterRefresh are the facts that outlive a refresh that succeeded.
func afterRefresh(facts map[string]string, interrupted time.Time) (kept map[string]string) {
	if facts[switched] != "" {
		kept = withFact(kept, switched) // the server keeps the session's context
	}
	if !interrupted.IsZero() {
		// The request that was cut off may still reach the server after ours, and
		// end the session as a reuse: the next refusal can then be explained.
		kept = withFact(kept, cutOff)
	}
	return kept
}

// ended remembers that the session is over and why, so that no server is
// asked again for what it has refused, and says how to start anew.
func (a *Acquirer) ended(ctx context.Context, p *profile.Profile, key string, rec store.Record, interrupted time.Time, failure error) error {
	why := failure.Error()
	if !interrupted.IsZero() || rec.Aux[cutOff] != "" {
		why = "an earlier refresh was cut off after it was sent, and its answer is lost; " + why
	}
	rec.Set.RefreshToken, rec.Intent = secret.Text{}, time.Time{}
	rec.Aux = map[string]string{endedBecause: why}
	_ = a.Store.Put(ctx, key, rec)
	if !isSession(rec) {
		var f *fault.Error
		if errors.As(failure, &f) {
			return f.Hint("authctl token -p %s asks for a new token by the profile's own grant", p.Name)
		}
		return failure
	}
	return loginBecause(p, rec, "the session is over: "+why, failure)
}

// loginBecause is loginRequired after the server refused a refresh token.
func loginBecause(p *profile.Profile, rec store.Record, why string, failure error) error {
	f := loginRequired(p, rec.Grant, why)
	f.Code = "invalid_grant"
	var before *fault.Error
	if errors.As(failure, &before) {
		f.Hints = append(before.Hints, f.Hints...)
	}
	return f
}

// refusedGrant is RFC 6749 5.2's answer to a spent, expired or revoked token.
func refusedGrant(err error) bool {
	var refused *endpoint.Refusal
	return errors.As(err, &refused) && refused.Code == "invalid_grant"
}

// over is a session without a refresh token.
func (a *Acquirer) over(p *profile.Profile, rec store.Record) error {
	switch {
	case rec.Grant == "" && !interactive(p.Grant) && p.Grant != "token_exchange":
		return fault.New(fault.Login, "no session and no refresh token is kept").
			Hint("authctl exchange or authctl login-pkce starts a session; authctl token -p %s needs none", p.Name)
	case rec.Grant == "":
		return loginRequired(p, p.Grant, "no session is kept")
	case !isSession(rec):
		return fault.New(fault.Usage, "the server gave no refresh token with the kept token").Hint("authctl token -p %s", p.Name)
	default:
		why := "the session is over"
		if told := rec.Aux[endedBecause]; told != "" {
			why += ": " + told
		}
		f := loginRequired(p, rec.Grant, why)
		if !interactive(p.Grant) && p.Grant != "token_exchange" {
			f = f.Hint("authctl logout -p %s forgets the session, and token uses the profile's %s grant again", p.Name, p.Grant)
		}
		return f
	}
}
