package endpoint

import (
	"bytes"
	"cmp"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"authctl/internal/keys"
)

// Refused is the refusal that a is, nil for an answer that grants what was
// asked. Some servers send an OAuth error with status 200: it is one where no
// access_token stands beside it.
func Refused(a Answer) *Refusal {
	if a.Status < 200 || a.Status > 299 {
		return AsRefusal(a)
	}
	if !bytes.Contains(a.Body, []byte("error")) {
		return nil // nothing to decode for: most answers are tokens
	}
	members := refusalMembers(a)
	if e := members["error"]; e == nil || e == "" || members["access_token"] != nil {
		return nil
	}
	return AsRefusal(a)
}

// AsRefusal reads an answer that grants nothing. Its words come from the OAuth
// error of the body, else from WWW-Authenticate, else from whatever the body is.
func AsRefusal(a Answer) *Refusal {
	r := &Refusal{
		Status: a.Status, Began: a.Began, At: a.At, Nonce: a.Header.Get("DPoP-Nonce"),
		Location: withoutQueryOrEmpty(a.hide(a.Header.Get("Location"))),
	}
	r.Date, _ = http.ParseTime(a.Header.Get("Date"))
	r.RetryAfter = retryAfter(a.Header.Get("Retry-After"), byServer(r.Date, a.At))
	members := refusalMembers(a)
	text := func(m map[string]any, name string) string { s, _ := m[name].(string); return s }
	code, description, detail := text(members, "error"), text(members, "error_description"), text(members, "error_detail")
	if code == "" {
		code, description = challengeError(a.Header)
	}
	r.Code, r.Description, r.Detail = a.hide(code), a.hide(description), a.hide(detail)
	if r.Code != "" && r.Description != "" || text(members, "error") != "" {
		return r
	}
	inner, _ := members["error"].(map[string]any)                                                                              // {"error":{"message":...}}
	r.Body = a.hide(cmp.Or(text(members, "message"), text(inner, "message"), text(members, "detail"), text(members, "title"))) // RFC 9457 3.1
	if r.Body == "" {
		r.Body = a.hideJSON(plainBody(a)) // before it is cut: half a secret would be no match
	}
	r.Body = r.Body[:min(len(r.Body), 4*MaxText)]
	return r
}

// plainBody is the body as a person may read it: UTF-8, without markup.
func plainBody(a Answer) []byte {
	body, err := keys.Text(a.Body)
	if err != nil {
		body = a.Body
	}
	return []byte(words(body))
}

// refusalMembers are the members of a JSON object, or of a form where the
// Content-Type says so; nil for any other body.
func refusalMembers(a Answer) map[string]any {
	body, err := keys.Text(a.Body)
	if err != nil {
		return nil
	}
	var members map[string]any
	if json.Unmarshal(body, &members) == nil {
		return members
	}
	kind, _, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil
	}
	form, err := url.ParseQuery(strings.TrimSpace(string(body)))
	if err != nil {
		return nil
	}
	members = map[string]any{}
	for name := range form {
		members[name] = form.Get(name)
	}
	return members
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

func withoutQueryOrEmpty(location string) string {
	if location == "" {
		return ""
	}
	return WithoutQuery(location)
}

// byServer is the server's clock where it is known, else ours.
func byServer(date, ours time.Time) time.Time {
	if date.IsZero() {
		return ours
	}
	return date
}
