package acquire

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/shown"
)

const (
	// tolerated is a clock difference that no server minds.
	tolerated = 5 * time.Second
	// noticed is one that a strict server minds: iat and nbf in the future are
	// refused by some to the second (RFC 7523 3, RFC 9449 11.1).
	noticed = time.Second
)

// explain turns what came back for r into a fault: one line, then what fixes
// it. field is where the profile has r's URL.
func explain(ctx context.Context, r *endpoint.Request, field string, err error) error {
	var refused *endpoint.Refusal
	if errors.As(err, &refused) {
		return explainRefusal(r, field, refused)
	}
	var lost *endpoint.SendError
	if errors.As(err, &lost) {
		return explainLost(ctx, field, r.URL, lost)
	}
	return err
}

// explainRefusal: what the server decided is a refusal; "later", a gateway's
// words and a redirect are no answer of an authorization server.
func explainRefusal(r *endpoint.Request, field string, refused *endpoint.Refusal) error {
	refused.Endpoint = endpointName(field)
	kind := fault.Network
	if refused.Verdict() == endpoint.No {
		kind = fault.Refused
	}
	p := r.Profile
	f := &fault.Error{Kind: kind, Code: shown.Clean(refused.Code), Err: refused}
	for _, h := range p.Hints {
		if contains(refused, h.Match) {
			f.Hints = append(f.Hints, strings.ReplaceAll(h.Say, "{profile}", p.Name))
		}
	}
	s := situation{p: p, refused: refused, field: field, grantType: grantType(r), respelt: respelt(r)}
	if skew := refused.Skew().Abs(); skew > tolerated || skew >= noticed && s.aboutTime() {
		f = f.Hint("%s", SkewText(refused.Skew()))
	}
	if wait := refused.Wait(); wait != "" {
		f = f.Hint("%s", wait)
	}
	if len(f.Hints) == 0 {
		f.Hints = hintsFor(s)
	}
	if refused.URI != "" { // RFC 6749 5.2
		f = f.Hint("the server has a page about this error: %s", shown.Clean(refused.URI))
	}
	return f
}

// endpointName is what a person calls the endpoint that the profile's field names.
func endpointName(field string) string {
	switch field {
	case tokenURL:
		return "the token endpoint"
	case parURL:
		return "the pushed authorization request endpoint" // RFC 9126 2
	case "device_authorization_url":
		return "the device authorization endpoint" // RFC 8628 3.1
	case "revocation_url":
		return "the revocation endpoint" // RFC 7009 2
	default:
		return ""
	}
}

// contains is true when one of the server's texts holds match as whole words:
// an error number is not the beginning of a longer one.
func contains(r *endpoint.Refusal, match string) bool {
	for _, text := range []string{r.Code, r.Description, r.Detail, r.Body, r.URI} {
		if hasWords(text, match) {
			return true
		}
	}
	return false
}

// hasWords looks for words in text that neither go on before nor behind it.
func hasWords(text, words string) bool {
	if words == "" {
		return false
	}
	first, _ := utf8.DecodeRuneInString(words)
	last, _ := utf8.DecodeLastRuneInString(words)
	for at := 0; ; {
		i := strings.Index(text[at:], words)
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(text[:at+i])
		after, _ := utf8.DecodeRuneInString(text[at+i+len(words):])
		if !(inWord(before) && inWord(first)) && !(inWord(last) && inWord(after)) {
			return true
		}
		at += i + 1
	}
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
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

// explainLost is a request without an answer.
func explainLost(ctx context.Context, field, url string, lost *endpoint.SendError) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	return endpoint.Lost(field, url, lost)
}
