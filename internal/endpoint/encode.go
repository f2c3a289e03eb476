package endpoint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// encode renders the parameters as the profile's request.encoding asks: a
// form (RFC 6749 4.4.2, appendix B) or one JSON object; a document is there already.
// It returns the body and its Content-Type.
func encode(r *Request) (body []byte, contentType string, err error) {
	if r.Document != nil {
		return r.Document.Body, r.Document.ContentType, nil
	}
	if r.Profile.Request.Encoding == "json" {
		body, err = encodeJSON(r.Params)
		return body, "application/json", err
	}
	body, err = encodeForm(r.Params)
	return body, "application/x-www-form-urlencoded", err
}

// encodeForm keeps the order of the parameters: url.Values.Encode would sort
// them, and a trace is easier to compare with a provider's page unsorted.
func encodeForm(params []Param) ([]byte, error) {
	pairs := make([]string, 0, len(params))
	for _, p := range params {
		value, err := FormValue(p.Value)
		if err != nil {
			return nil, fmt.Errorf("parameter %s: %w", p.Name, err)
		}
		pairs = append(pairs, url.QueryEscape(p.Name)+"="+url.QueryEscape(value))
	}
	return []byte(strings.Join(pairs, "&")), nil
}

// FormValue is a string as it is; any other value travels as its JSON text.
func FormValue(v any) (string, error) {
	if s, ok := v.(string); ok {
		return s, nil
	}
	raw, err := marshal(v)
	return string(raw), err
}

// encodeJSON makes one object; a repeated parameter becomes an array.
func encodeJSON(params []Param) ([]byte, error) {
	object := make(map[string]any, len(params))
	for _, p := range params {
		switch old := object[p.Name].(type) {
		case nil:
			object[p.Name] = p.Value
		case repeated:
			object[p.Name] = append(old, p.Value)
		default:
			object[p.Name] = repeated{old, p.Value}
		}
	}
	return marshal(object)
}

// repeated tells a parameter sent twice from one whose value is an array.
type repeated []any

// marshal is JSON without HTML escaping: a server may compare bytes.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
