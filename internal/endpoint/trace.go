package endpoint

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strings"

	"authctl/internal/shown"
)

// TextTrace is `-v`: every request and answer, one fact a line. It shows a
// value only where it is known to be harmless; all else is "[secret]".
type TextTrace struct{ W io.Writer }

// Request shows what goes out.
func (t TextTrace) Request(r *Request, body []byte, headers http.Header) {
	method := http.MethodPost
	if body == nil {
		method = http.MethodGet
	}
	t.line(">", "%s %s", method, WithoutQuery(r.URL))
	hidden := map[string]bool{"Authorization": true, "Dpop": true}
	for _, h := range r.Headers {
		if h.Secret {
			hidden[http.CanonicalHeaderKey(h.Name)] = true
		}
	}
	for _, name := range sorted(headers) {
		value := headers[name][0]
		if hidden[http.CanonicalHeaderKey(name)] {
			value = hiddenText
		}
		t.line(">", "%s: %s", name, value)
	}
	if r.Document != nil {
		t.line(">", "(%d bytes)", len(body))
	}
	for _, p := range r.Params {
		value, _ := FormValue(p.Value)
		if p.Secret {
			value = hiddenText
		}
		t.line(">", "%s=%s", p.Name, value)
	}
}

// Answer shows status, the headers that matter, and the names of a JSON
// body's members; values only of those in harmless.
func (t TextTrace) Answer(a Answer) {
	t.route(a.Route, a.TLS != nil)
	t.line("<", "%d %s", a.Status, http.StatusText(a.Status))
	for _, name := range []string{"Content-Type", "Date", "Retry-After", "Dpop-Nonce", "Www-Authenticate"} {
		if v := a.Header.Get(name); v != "" {
			t.line("<", "%s: %s", name, a.hide(v))
		}
	}
	if v := a.Header.Get("Location"); v != "" {
		t.line("<", "Location: %s", WithoutQuery(a.hide(v)))
	}
	members, err := a.Members()
	if err != nil && a.other {
		err = errors.New(describe(a.Body))
	}
	if err != nil {
		t.line("<", "(%d bytes: %s)", len(a.Body), err)
		return
	}
	for _, name := range sorted(members.values) {
		t.line("<", "%s: %s", a.hide(name), harmless(name, a, members.values[name]))
	}
}

// Note shows what became of a part of the answer.
func (t TextTrace) Note(line string) { t.line("*", "%s", line) }

// Failed shows that no answer came.
func (t TextTrace) Failed(url string, err error) {
	var way *wayError
	if errors.As(err, &way) {
		t.route(way.route, false)
	}
	t.line("<", "no answer from %s: %s", WithoutQuery(url), err)
}

// route shows the way that the request took, where there is something to say.
func (t TextTrace) route(r Route, overTLS bool) {
	for _, line := range r.lines(overTLS) {
		t.line("*", "%s", line)
	}
}

const hiddenText = "[secret]"

// harmless is the value of a member that is no secret, cleaned.
func harmless(name string, a Answer, raw json.RawMessage) string {
	switch name {
	case "token_type", "expires_in", "refresh_expires_in", "rt_expires_in", "ext_expires_in", "scope", "issued_token_type",
		"error", "error_description", "error_detail", "error_uri", "error_codes", "correlation_id", "trace_id", "timestamp",
		"issuer", "token_endpoint", "authorization_endpoint", "jwks_uri", "pushed_authorization_request_endpoint",
		"device_authorization_endpoint", "revocation_endpoint", "end_session_endpoint", "interval",
		"require_pushed_authorization_requests":
		return shown.Clean(a.hideJSON(raw))
	}
	if describes(name, raw) {
		return shown.Clean(a.hideJSON(raw))
	}
	return hiddenText
}

// describes is true for what a server says it can do (RFC 8414 2): lists of
// names and switches, whatever their names. A text of such a name is none.
func describes(name string, raw json.RawMessage) bool {
	var can bool
	var names []string
	return strings.HasSuffix(name, "_supported") && (json.Unmarshal(raw, &can) == nil || json.Unmarshal(raw, &names) == nil)
}

func (t TextTrace) line(mark, format string, args ...any) {
	_ = shown.Fprintf(t.W, mark+" "+format+"\n", args...)
}

// WithoutQuery is a URL as a person may see it: no query, fragment or userinfo.
func WithoutQuery(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "(not a URL)"
	}
	if u.RawQuery != "" {
		u.RawQuery = "..."
	}
	u.User, u.Fragment = nil, ""
	return u.String()
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool { return strings.ToLower(names[i]) < strings.ToLower(names[j]) })
	return names
}
