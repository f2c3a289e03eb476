package endpoint

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"authctl/internal/shown"
)

// Refused is the refusal that a is, nil for an answer that grants what was
// asked. Some servers send an OAuth error with status 200: it is one where no
// token stands beside it.
func Refused(a Answer) *Refusal {
	if a.Status < 200 || a.Status > 299 {
		return AsRefusal(a)
	}
	a.note = nil
	if m, err := a.Members(); err != nil || !m.Has("error") || m.Has("access_token") || m.Has("refresh_token") {
		return nil
	}
	return AsRefusal(a)
}

// AsRefusal reads an answer that grants nothing. Its words come from the OAuth
// error of the body, else from WWW-Authenticate, else from whatever the body is.
func AsRefusal(a Answer) *Refusal {
	a.secrets = append(slices.Clone(a.secrets), a.granted()...)
	r := &Refusal{Status: a.Status, Began: a.Began, At: a.At, Nonce: a.Header.Get("DPoP-Nonce"), Route: a.Route}
	if location := a.Header.Get("Location"); location != "" && a.Status/100 == 3 { // elsewhere it is no redirect (RFC 9110 10.2.2)
		r.Location = WithoutQuery(a.hide(location))
	}
	r.Date, _ = http.ParseTime(a.Header.Get("Date"))
	r.RetryAfter = retryAfter(a.Header.Get("Retry-After"), byServer(r.Date, a.At))
	text := a.texts()
	code, description := text("error"), text("error_description")
	phrase := strings.EqualFold(code, http.StatusText(a.Status)) // a framework's own error, and no OAuth code
	if phrase {
		code = ""
	}
	if c, d := challengeError(a.Header); code == "" && (c != "" || !phrase) {
		code, description = c, d
	}
	r.Code, r.Description, r.Detail = a.hide(code), a.hide(description), a.hide(text("error_detail"))
	r.URI = a.hide(text("error_uri"))
	if r.Description != "" || text("error") != "" && !phrase {
		return r
	}
	r.Body = a.hide(cmp.Or(text("message"), text("error.message"), text("detail"), text("title"), text("error"))) // RFC 9457 3.1
	if r.Body == "" {
		r.Body = a.hideJSON([]byte(words(a.plain()))) // before it is cut: half a secret would be no match
	}
	r.Body = r.Body[:min(len(r.Body), 4*shown.Max)]
	return r
}

// texts gives the text of a member of the body, "" where there is none;
// "error.message" is that of an object where OAuth has a word.
func (a Answer) texts() func(name string) string {
	a.note = nil // a refusal is shown, not used
	m, err := a.Members()
	return func(name string) string {
		if err != nil {
			return ""
		}
		if name == "error.message" {
			var inner struct {
				Message string `json:"message"`
			}
			_ = json.Unmarshal(m.values["error"], &inner)
			return inner.Message
		}
		text, _ := m.text(name)
		return text
	}
}

// retryAfter reads RFC 9110 10.2.3: seconds or a date, by the server's clock now.
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

// byServer is the server's clock where it is known, else ours.
func byServer(date, ours time.Time) time.Time {
	if date.IsZero() {
		return ours
	}
	return date
}
