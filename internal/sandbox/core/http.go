package core

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

const maxBody = 1 << 20 // of a request to an authorization server

// Form reads an application/x-www-form-urlencoded body. Another content type, parameters in the
// query and a repeated parameter are refused (RFC 6749 3.2); may names those that may repeat.
func Form(r *http.Request, may ...string) (url.Values, error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/x-www-form-urlencoded" {
		return nil, fmt.Errorf("content type %q is not application/x-www-form-urlencoded", kind)
	}
	if r.URL.RawQuery != "" {
		return nil, errors.New("parameters belong in the body")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errors.New("the body is not form-encoded")
	}
	for name, values := range form {
		if len(values) > 1 && !contains(may, name) {
			return form, fmt.Errorf("%w: %s", ErrRepeated, name)
		}
	}
	return form, nil
}

// ErrRepeated is the error of a parameter that came twice.
var ErrRepeated = errors.New("a parameter is repeated")

// Repeated is the name of a parameter that came twice (RFC 6749 3.1), "" for none.
func Repeated(q url.Values) string {
	for name, values := range q {
		if len(values) > 1 {
			return name
		}
	}
	return ""
}

// JSONBody reads an application/json object; its values must be what the caller asks of them.
func JSONBody(r *http.Request) (map[string]any, error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return nil, fmt.Errorf("content type %q is not application/json", kind)
	}
	if r.URL.RawQuery != "" {
		return nil, errors.New("parameters belong in the body")
	}
	dec := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	var body map[string]any
	if err := dec.Decode(&body); err != nil || body == nil {
		return nil, errors.New("the body is not a JSON object")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON object")
	}
	return body, nil
}

// RawBasic reads Authorization: Basic as `curl --user` sends it: the scheme, and nothing form-decoded.
func RawBasic(header string) (id, password string, ok bool) {
	scheme, encoded, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Basic") {
		return "", "", false
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(raw), ":")
}

// WriteJSON answers with v. Token answers must not be cached (RFC 6749 5.1), so nothing here is.
func WriteJSON(w http.ResponseWriter, status int, v any) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("sandbox: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Pragma", "no-cache")
	w.WriteHeader(status)
	_, _ = w.Write(bytes.TrimRight(body.Bytes(), "\n"))
}

// OAuthError answers as RFC 6749 5.2; an empty description is left out.
func OAuthError(w http.ResponseWriter, status int, code, description string) {
	body := map[string]any{"error": code}
	if description != "" {
		body["error_description"] = description
	}
	WriteJSON(w, status, body)
}

// Bearer is the credential of an Authorization header of that scheme (case-insensitive, RFC 9110 11.1).
func Bearer(r *http.Request, scheme string) (token string, ok bool) {
	values := r.Header.Values("Authorization")
	if len(values) != 1 {
		return "", false
	}
	given, token, found := strings.Cut(values[0], " ")
	return token, found && token != "" && strings.EqualFold(given, scheme)
}

func contains(list []string, name string) bool {
	for _, s := range list {
		if s == name {
			return true
		}
	}
	return false
}
