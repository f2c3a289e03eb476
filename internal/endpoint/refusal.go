package endpoint

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Refusal is an answer that grants nothing: an OAuth error (RFC 6749 5.2), a
// rate limit, a redirect, or any other status. Texts are as the server sent
// them; Clean them before a person sees them.
type Refusal struct {
	Status      int
	Code        string // error, "" when the body was no OAuth error
	Description string
	Detail      string // what else the body said, such as SanteDB's error_detail
	Body        string // the start of a body that is no OAuth error
	Location    string // of a redirect that was not followed
	Nonce       string // DPoP-Nonce (RFC 9449 8)
	RetryAfter  time.Duration
	Date        time.Time // the server's clock, zero when it sent none
	At          time.Time // our clock
}

// AsRefusal reads any answer that is not 2xx.
func AsRefusal(a Answer) *Refusal {
	r := &Refusal{
		Status: a.Status, At: a.At, Nonce: a.Header.Get("DPoP-Nonce"), Location: withoutQueryOrEmpty(a.hide(a.Header.Get("Location"))),
		RetryAfter: retryAfter(a.Header.Get("Retry-After"), a.At),
	}
	r.Date, _ = http.ParseTime(a.Header.Get("Date"))
	var body struct {
		Error       any    `json:"error"`
		Description string `json:"error_description"`
		Detail      string `json:"error_detail"`
		URI         string `json:"error_uri"`
		Message     string `json:"message"`
	}
	_ = json.Unmarshal(a.Body, &body)
	switch e := body.Error.(type) {
	case string:
		r.Code, r.Description, r.Detail = a.hide(e), a.hide(body.Description), a.hide(body.Detail)
	default:
		r.Body = a.hide(body.Message)
		if r.Body == "" && !strings.HasPrefix(strings.TrimSpace(string(a.Body)), "<") {
			r.Body = a.hideJSON(a.Body) // before it is cut: half a secret would be no match
			r.Body = r.Body[:min(len(r.Body), 4*MaxText)]
		}
	}
	return r
}

// Error is the refusal in one line, safe for a terminal.
func (r *Refusal) Error() string {
	var text string
	switch {
	case r.Code != "":
		text = "(" + Clean(r.Code) + ")"
		if d := Clean(r.Description); d != "" {
			text += ": " + d
		}
		if d := Clean(r.Detail); d != "" && d != Clean(r.Description) {
			text += " [" + d + "]"
		}
	case r.Location != "":
		return fmt.Sprintf("the server answered HTTP %d, a redirect to %s, which authctl does not follow", r.Status, Clean(r.Location))
	default:
		text = fmt.Sprintf("(HTTP %d)", r.Status)
		if b := Clean(r.Body); b != "" {
			text += ": " + b
		}
	}
	return r.what() + " " + text
}

// what names the refused thing by the RFC 6749 5.2 error code.
func (r *Refusal) what() string {
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

// Skew is how far our clock is ahead of the server's, by its Date header; 0 when unknown.
func (r *Refusal) Skew() time.Duration {
	if r.Date.IsZero() || r.At.IsZero() {
		return 0
	}
	return r.At.Sub(r.Date).Round(time.Second)
}

// retryAfter reads RFC 9110 10.2.3: seconds or a date.
func retryAfter(value string, now time.Time) time.Duration {
	if value == "" {
		return 0
	}
	if n, err := strconv.Atoi(value); err == nil && n >= 0 && n < 1<<30 {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

func withoutQueryOrEmpty(location string) string {
	if location == "" {
		return ""
	}
	return WithoutQuery(location)
}
