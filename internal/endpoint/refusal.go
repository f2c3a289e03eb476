package endpoint

import (
	"cmp"
	"fmt"
	"time"

	"authctl/internal/shown"
)

// Refusal is an answer that grants nothing: an OAuth error (RFC 6749 5.2), a
// rate limit, a redirect, or any other status. Texts are as the server sent
// them; Clean them before a person sees them.
type Refusal struct {
	Status      int
	Endpoint    string // who refused, such as "the token endpoint"; "" when nobody said
	Code        string // error, "" when the answer was no OAuth error
	Description string
	Detail      string // what else the body said, such as SanteDB's error_detail
	URI         string // error_uri, a page about the error
	Body        string // the words of a body that is no OAuth error
	Location    string // of a redirect that was not followed
	Nonce       string // DPoP-Nonce (RFC 9449 8)
	RetryAfter  time.Duration
	Date        time.Time // the server's clock, zero when it sent none
	Began, At   time.Time // our clock, when we asked and when the answer came
	Route       Route     // the way to whoever answered
}

// Verdict is what a refusal means for whoever asked.
type Verdict int

// The verdicts.
const (
	No       Verdict = iota // the server decided against it
	Later                   // the same request may be granted later (RFC 6585 4, RFC 9110 15.6.4)
	Gateway                 // something in front of the server answered: what became of the request is not known
	NoAnswer                // a redirect, or a failure of the server
)

// Verdict tells "no" from "later" and from an answer that is not the server's.
// The status goes before a code in the body: gateways put one there as well.
func (r *Refusal) Verdict() Verdict {
	switch s := r.Status; {
	case s == 429, s == 503, r.Code == "temporarily_unavailable": // RFC 6749 4.1.2.1
		return Later
	case s == 502, s == 504, s >= 520 && s <= 530: // the last are those of content delivery networks
		return Gateway
	case r.Code != "", s >= 400 && s < 500, s >= 200 && s < 300:
		return No
	default:
		return NoAnswer
	}
}

// Wait is a hint about when to ask again: what Retry-After says (RFC 9110 10.2.3), else
// "later" where that is the verdict, else "".
func (r *Refusal) Wait() string {
	switch {
	case r.RetryAfter > 0:
		return fmt.Sprintf("the server asks to wait %s before the next request", r.RetryAfter.Round(time.Second))
	case r.Verdict() == Later:
		return "try again later"
	default:
		return ""
	}
}

// Error is the refusal in one line, safe for a terminal.
func (r *Refusal) Error() string {
	if r.Location != "" {
		return fmt.Sprintf("%s answered HTTP %d, a redirect to %s, which authctl does not follow", cmp.Or(r.Endpoint, "the server"), r.Status, shown.Clean(r.Location))
	}
	text := r.what() + " (" + r.by() + ")"
	if r.Endpoint != "" {
		text += " at " + r.Endpoint
	}
	said := shown.Said(cmp.Or(r.Description, r.Body))
	if said != "" {
		text += ": " + said
	}
	if d := shown.Said(r.Detail); d != "" && d != said {
		text += " [" + d + "]"
	}
	return text
}

// by is what told us: the code, the status where it says more, or both.
func (r *Refusal) by() string {
	code, status := shown.Clean(r.Code), fmt.Sprintf("HTTP %d", r.Status)
	switch {
	case code == "":
		return status
	case r.Verdict() != No:
		return code + ", " + status
	default:
		return code
	}
}

// what names the refused thing by the verdict and the RFC 6749 5.2 error code.
func (r *Refusal) what() string {
	switch r.Verdict() {
	case No:
	case Later:
		if r.Status == 429 {
			return "the server was asked too often"
		}
		return "the server cannot answer now"
	case Gateway:
		return "a gateway answered in place of the server"
	case NoAnswer:
		return "the server failed"
	}
	switch r.Code {
	case "invalid_client", "unauthorized_client":
		return "the server refused the client"
	case "invalid_grant":
		return "the server refused the grant"
	case "invalid_scope":
		return "the server refused the scope"
	case "invalid_request", "unsupported_grant_type", "invalid_target", "":
		return "the server refused the request"
	default:
		return "the server refused"
	}
}

// Skew is how far our clock is ahead of the server's for certain, negative
// when it is behind; 0 when that is not known.
func (r *Refusal) Skew() time.Duration {
	if r.Date.IsZero() || r.At.IsZero() {
		return 0
	}
	began := r.Began
	if began.IsZero() {
		began = r.At
	}
	return Skew(began, r.At, r.Date)
}

// Skew is how far our clock is ahead of a server's for certain: its Date was
// written between began and at, and holds whole seconds.
func Skew(began, at, date time.Time) time.Duration {
	switch {
	case date.After(at):
		return at.Sub(date).Round(time.Second)
	case began.After(date.Add(time.Second)):
		return began.Sub(date.Add(time.Second)).Round(time.Second)
	default:
		return 0
	}
}
