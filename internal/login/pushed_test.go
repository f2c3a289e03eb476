package login

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
)

func TestParsePushed(t *testing.T) {
	for body, want := range map[string]time.Duration{
		`{"request_uri":"urn:x","expires_in":60}`:        time.Minute,
		`{"request_uri":"urn:x","expires_in":"60"}`:      time.Minute,
		`{"request_uri":"urn:x","expires_in":"a while"}`: 0,
		`{"request_uri":"urn:x","expires_in":-1}`:        0,
		"\ufeff" + `{"request_uri":"urn:x"}`:             0,
	} {
		p, err := ParsePushed(endpoint.Answer{Status: 201, Header: http.Header{}, Body: []byte(body)})
		if err != nil || p.RequestURI != "urn:x" || p.ExpiresIn != want {
			t.Errorf("%s: %+v %v", body, p, err)
		}
	}
	for body, want := range map[string]string{
		``:                                      "an empty body instead of a JSON object",
		`<html>`:                                "an HTML page instead of a JSON object",
		`{"expires_in":60}`:                     "it has no request_uri",
		`{"request_uri":7}`:                     "its request_uri is not text",
		`{"request_uri":"a","request_uri":"b"}`: "it contradicts itself",
	} {
		_, err := ParsePushed(endpoint.Answer{Status: 201, Header: http.Header{}, Body: []byte(body)})
		if fault.KindOf(err) != fault.Network || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", body, err)
		}
	}
}
