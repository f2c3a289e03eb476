package login

import (
	"crypto/subtle"
	"errors"
	"net/url"

	"authctl/internal/fault"
	"authctl/internal/secret"
	"authctl/internal/shown"
)

// answer is one authorization response (RFC 6749 4.1.2) whose state was ours.
type answer struct {
	code        secret.Text
	issuer      string // RFC 9207
	hasIssuer   bool
	errorCode   string
	description string
}

// What makes a callback no answer to this request. None of them ends the
// login: whoever sent it does not know the state, or is no OAuth server.
var (
	errState     = errors.New("its state is not the one of this login")
	errTwice     = errors.New("it names a parameter twice (RFC 6749 3.1)")
	errQuery     = errors.New("its query cannot be read")
	errNoOutcome = errors.New("it holds neither one code nor one error")
)

// maxQuery bounds the redirect's query; the listener's header cap is the same.
const maxQuery = 8 << 10

// reader tells the answer to this login, in a redirect's query, from all else.
type reader func(rawQuery string) (answer, error)

// reader is that of the login with this state.
func (r Request) reader(state string) reader {
	return func(rawQuery string) (answer, error) {
		if len(rawQuery) > maxQuery {
			return answer{}, errQuery
		}
		q, err := url.ParseQuery(rawQuery)
		if err == nil && r.Signed != nil {
			q, err = r.unwrap(q)
		} else if err != nil {
			err = errQuery
		}
		if err != nil {
			return answer{}, err
		}
		return parseAnswer(q, state)
	}
}

// parseAnswer reads an authorization response. The state is looked at before all
// else, and above all before error, so that nobody without it learns or ends
// anything (RFC 6819 4.4.1.8).
func parseAnswer(q url.Values, state string) (answer, error) {
	got := q["state"]
	if len(got) != 1 || subtle.ConstantTimeCompare([]byte(got[0]), []byte(state)) != 1 {
		return answer{}, errState
	}
	for _, values := range q {
		if len(values) > 1 {
			return answer{}, errTwice
		}
	}
	a := answer{
		code:        secret.New(q.Get("code")),
		issuer:      q.Get("iss"),
		hasIssuer:   q.Has("iss"),
		errorCode:   q.Get("error"),
		description: q.Get("error_description"),
	}
	if a.code.IsZero() == (a.errorCode == "") {
		return answer{}, errNoOutcome
	}
	return a, nil
}

// check judges the answer: iss first (RFC 9207 2.4), so that a mixed-up
// server's error is not believed either, then error.
func (r Request) check(a answer) error {
	switch {
	case a.hasIssuer && r.Issuer != "" && a.issuer != r.Issuer:
		return fault.New(fault.Invalid, "the answer names issuer %.200q, not %q: the code was not redeemed",
			a.issuer, r.Issuer).Hint("profile field issuer, exactly as the server spells it")
	case !a.hasIssuer && r.RequireIssuer:
		return fault.New(fault.Invalid, "the answer names no issuer although the server says that it would (RFC 9207): "+
			"the code was not redeemed")
	case a.errorCode != "":
		return refusal(a)
	}
	return nil
}

// refusal is the server's error (RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6).
func refusal(a answer) error {
	text := "the server refused the login (" + shown.Clean(a.errorCode) + ")"
	if d := shown.Clean(a.description); d != "" {
		text += ": " + d
	}
	f := fault.New(fault.Refused, "%s", text)
	switch a.errorCode {
	case "login_required", "interaction_required", "consent_required", "account_selection_required":
		f.Kind = fault.Login
		f = f.Hint("leave out --prompt none")
	}
	f.Code = shown.Clean(a.errorCode)
	return f
}
