package acquire

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/profile"
)

// tolerated is a clock difference that no server minds.
const tolerated = 5 * time.Second

// explain turns what came back into a fault: one line, then what mends it.
// field is where the profile has url.
func explain(ctx context.Context, p *profile.Profile, field, url string, err error) error {
	var refused *endpoint.Refusal
	if errors.As(err, &refused) {
		return explainRefusal(p, field, refused)
	}
	var lost *endpoint.SendError
	if errors.As(err, &lost) {
		return explainLost(ctx, field, url, lost)
	}
	return err
}

// explainRefusal: an OAuth error or any 4xx is a refusal; a redirect, or a
// 5xx without an OAuth error, is no answer of an authorization server.
func explainRefusal(p *profile.Profile, field string, r *endpoint.Refusal) error {
	kind := fault.Refused
	if r.Code == "" && (r.Status < 400 || r.Status >= 500) {
		kind = fault.Network
	}
	f := &fault.Error{Kind: kind, Code: endpoint.Clean(r.Code), Err: r}
	for _, h := range p.Hints {
		if contains(r, h.Match) {
			f.Hints = append(f.Hints, strings.ReplaceAll(h.Say, "{profile}", p.Name))
		}
	}
	if skew := r.Skew(); skew > tolerated || skew < -tolerated {
		f = f.Hint("%s", SkewText(skew))
	}
	if r.RetryAfter > 0 {
		f = f.Hint("the server asks to wait %s before the next request", r.RetryAfter.Round(time.Second))
	}
	if len(f.Hints) == 0 {
		f.Hints = generic(p, field, r)
	}
	return f
}

func contains(r *endpoint.Refusal, match string) bool {
	return match != "" && (strings.Contains(r.Code, match) || strings.Contains(r.Description, match) ||
		strings.Contains(r.Detail, match) || strings.Contains(r.Body, match))
}

// SkewText is for a person: by how much our clock is ahead of the server's, or
// behind when skew is negative.
func SkewText(skew time.Duration) string {
	if skew > 10*time.Minute || skew < -10*time.Minute {
		skew = skew.Round(time.Minute) // Date has whole seconds, and took a while to arrive
	}
	if skew > 0 {
		return fmt.Sprintf("this machine's clock is %s ahead of the server's: correct it", skew)
	}
	return fmt.Sprintf("this machine's clock is %s behind the server's: correct it", -skew)
}

// generic is the hint for the error codes of RFC 6749 5.2 where no profile hint fits.
func generic(p *profile.Profile, field string, r *endpoint.Refusal) []string {
	switch {
	case r.Location != "":
		return []string{"check " + field + " of profile " + p.Name}
	case r.Code == "invalid_client", r.Code == "unauthorized_client", r.Code == "" && r.Status == 401:
		return []string{fmt.Sprintf("check client.id, client.auth (%s) and the client's secret or key in profile %s", p.Client.Auth, p.Name)}
	case r.Code == "invalid_scope":
		return []string{"check scopes in profile " + p.Name}
	case r.Code == "invalid_target":
		return []string{"check audience and resource in profile " + p.Name}
	case r.Code == "unsupported_grant_type":
		return []string{"check grant and request.encoding in profile " + p.Name}
	case r.Code == "access_denied":
		return []string{"somebody declined, or the server's rules do not allow it"}
	case r.Code == "use_dpop_nonce", r.Code == "invalid_dpop_proof":
		return []string{"check dpop in profile " + p.Name + "; -v shows the exchange"}
	case r.Status == 404, r.Status == 405, r.Status == 415:
		if field == tokenURL {
			field += " and request.encoding" // every other endpoint takes forms
		}
		return []string{"check " + field + " in profile " + p.Name}
	default:
		return []string{"-v shows the exchange, secrets hidden"}
	}
}

// explainLost is a request without an answer.
func explainLost(ctx context.Context, field, url string, lost *endpoint.SendError) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	return endpoint.Lost(field, url, lost)
}
