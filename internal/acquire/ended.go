package acquire

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/grant"
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
	return with(facts, fact, "yes")
}

// with is facts and one more.
func with(facts map[string]string, name, value string) map[string]string {
	out := map[string]string{}
	maps.Copy(out, facts)
	out[name] = value
	return out
}

// without is facts but one.
func without(facts map[string]string, name string) map[string]string {
	out := maps.Clone(facts)
	delete(out, name)
	return out
}

// afterRefresh are the facts that outlive a refresh that succeeded.
func afterRefresh(facts map[string]string, interrupted time.Time) (kept map[string]string) {
	if facts[switched] != "" {
		kept = withFact(kept, switched) // the server keeps the session's context
	}
	for _, stays := range []string{sessionID, askedFor} {
		if fact := facts[stays]; fact != "" {
			kept = with(kept, stays, fact)
		}
	}
	if !interrupted.IsZero() {
		// The request that was cut off may still reach the server after ours, and
		// end the session as a reuse: the next refusal can then be explained.
		kept = withFact(kept, cutOff)
	}
	return kept
}

// askAnew is the way on where no session is needed: --force, because the token
// that is kept may still be fresh.
const askAnew = "authctl token -p %s --force asks by the profile's %s grant"

// ended remembers that the session is over and why, so that no server is
// asked again for what it has refused, and says how to start anew.
func (a *Acquirer) ended(ctx context.Context, p *profile.Profile, key string, rec store.Record, interrupted time.Time, failure error) error {
	before := ""
	switch {
	case !interrupted.IsZero():
		before = "an earlier refresh was cut off after it was sent, and its answer is lost; "
	case rec.Aux[cutOff] != "":
		before = "an earlier refresh was cut off after it was sent, and its answer is lost or came late; "
	}
	if asked := rec.Aux[sideRefused]; asked != "" {
		before = "the server had refused a token for " + asked + ", and some spend the refresh token at that; " + before
	}
	why := before + failure.Error()
	rec.Set.RefreshToken, rec.Intent = secret.Text{}, time.Time{}
	rec.Aux = with(afterRefresh(rec.Aux, time.Time{}), endedBecause, why)
	if err := a.Store.Put(ctx, key, rec); overtaken(err) {
		return err // another brought what the server gave for it before
	}
	if !isSession(rec) {
		var f *fault.Error
		if !errors.As(failure, &f) {
			return failure
		}
		f.Err = fmt.Errorf("%s%w", before, f.Err)
		return f.Hint(askAnew, p.Name, p.Grant)
	}
	return loginBecause(p, rec, "the session is over: "+why, failure)
}

// loginBecause is loginRequired after the server refused a refresh token.
func loginBecause(p *profile.Profile, rec store.Record, why string, failure error) *fault.Error {
	f := loginRequired(p, rec.Grant, why)
	var before *fault.Error
	if errors.As(failure, &before) {
		f.Code = before.Code
		f.Hints = append(before.Hints, f.Hints...)
	}
	return f
}

// Over is why the session of rec gives no more tokens now, "" where it does or rec is none.
func Over(rec store.Record, now time.Time) string {
	switch told := rec.Aux[endedBecause]; {
	case !isSession(rec):
		return ""
	case told != "":
		return told
	case rec.Set.RefreshToken.IsZero() && !rec.Set.FreshFor(0, now):
		return "its token has expired, and it came without a refresh token"
	case !rec.Set.RefreshExpires.IsZero() && !rec.Set.RefreshExpires.After(now) && !rec.Set.FreshFor(0, now):
		return "its refresh token has expired"
	default:
		return ""
	}
}

// personNeeded is failure, or exit 8 with the login command where the server
// wants to see the person of rec's session again. The session stays as it is:
// the rule that asks for the person may be about this network or this hour.
func personNeeded(p *profile.Profile, rec store.Record, failure error) error {
	if !isSession(rec) || !decidedAs(failure, personCodes()) {
		return failure
	}
	return loginBecause(p, rec, failure.Error(), failure)
}

// refusedGrant is the answer to a spent, expired or revoked token.
func refusedGrant(err error) bool { return decidedAs(err, spentCodes()) }

// decidedAs is true for a decision of the server, and no "later" or gateway's
// word, with one of codes.
func decidedAs(err error, codes []string) bool {
	var refused *endpoint.Refusal
	return errors.As(err, &refused) && refused.Verdict() == endpoint.No && slices.Contains(codes, refused.Code)
}

// spentCodes say that a refresh token is of no use any more: RFC 6749 5.2's,
// and what servers say instead.
func spentCodes() []string {
	return []string{
		"invalid_grant",
		"bad_refresh_token",     // GitHub, "Refreshing user access tokens"
		"invalid_refresh_token", // Slack, "Token rotation"
		"token_expired", "token_revoked", "expired_token",
	}
}

// personCodes say that the server wants to see the person (OpenID Connect Core
// 3.1.2.6, OpenID Connect Unmet Authentication Requirements, Entra's MFA).
func personCodes() []string {
	return []string{
		"interaction_required", "login_required", "consent_required", "account_selection_required",
		"mfa_required", "unmet_authentication_requirements", "insufficient_user_authentication",
	}
}

// answeredUnspent is true for an answer after which the refresh token is still
// good. A gateway's word is none: the server behind it may have spent it.
func answeredUnspent(err error) bool {
	var refused *endpoint.Refusal
	return errors.As(err, &refused) && refused.Verdict() != endpoint.Gateway
}

// unrefreshable is a session that lives and came without a refresh token.
func (a *Acquirer) unrefreshable(p *profile.Profile, rec store.Record) error {
	if !isSession(rec) || !rec.Set.RefreshToken.IsZero() || rec.Aux[endedBecause] != "" || !rec.Set.FreshFor(0, a.Now()) {
		return nil
	}
	f := fault.New(fault.Usage, "the server gave no refresh token with this session").
		Hint("authctl token -p %s prints its token while it is good", p.Name)
	if slices.Contains(p.Scopes, "openid") && !slices.Contains(p.Scopes, "offline_access") {
		f = f.Hint("add offline_access to scopes in profile %s and log in again, if the server gives refresh tokens for it", p.Name) // OpenID Connect Core 11
	}
	return f
}

// over is a session without a refresh token.
func (a *Acquirer) over(p *profile.Profile, rec store.Record) error {
	switch {
	case rec.Grant == "" && !p.GrantType().Session():
		return fault.New(fault.Login, "no session and no refresh token is kept").
			Hint("authctl token -p %s needs none: it asks by the profile's %s grant", p.Name, p.Grant)
	case rec.Grant == "":
		return loginRequired(p, p.Grant, "no session is kept")
	case !isSession(rec):
		why := "the server gave no refresh token with the kept token"
		if told := rec.Aux[endedBecause]; told != "" {
			why = "the kept refresh token is over: " + told
		}
		return fault.New(fault.Usage, "%s", why).Hint(askAnew, p.Name, p.Grant)
	default:
		why := "the session is over"
		switch told := rec.Aux[endedBecause]; {
		case told != "":
			why += ": " + told
		case rec.Set.FreshFor(0, a.Now()):
			why = "the session came without a refresh token: nothing but a login brings another token than the kept one"
		}
		f := loginRequired(p, rec.Grant, why)
		if !p.GrantType().Session() {
			f = f.Hint("authctl logout -p %s forgets the session, and token uses the profile's %s grant again", p.Name, p.Grant)
		}
		return f
	}
}

// LoginCommand is what starts a session of p: of the grant that the last one
// had, "" when there was none, or of p's own login.
func LoginCommand(p *profile.Profile, grantName string) string {
	g, device := profile.GrantNamed(grantName), profile.GrantNamed(grant.DeviceCode{}.Name())
	here := g.Login && !slices.Contains(g.Endpoints, profile.AuthorizeURL) // no browser was there
	if own := p.GrantType(); own.Login && !g.Exchanges() && !here {
		g = own
	}
	if !g.Session() {
		g = profile.GrantNamed(grant.AuthorizationCode{}.Name())
	}
	if slices.Contains(g.Endpoints, profile.AuthorizeURL) && deviceOnly(p) {
		g = device
	}
	command := "authctl " + strings.ReplaceAll(g.Starts, "{profile}", p.Name)
	if p.AsksSTS() {
		command = strings.TrimSuffix(command, " --subject-token FILE")
	}
	return command
}

// deviceOnly is a profile that names the device authorization endpoint and no
// place where a browser could log in.
func deviceOnly(p *profile.Profile) bool {
	return p.DeviceAuthorizationURL != "" && p.AuthorizeURL == ""
}
