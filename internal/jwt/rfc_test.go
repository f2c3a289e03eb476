package jwt

import (
	"encoding/json"
	"strings"
	"testing"

	"authctl/internal/keys"
)

type vector struct {
	Name    string
	Key     json.RawMessage
	JWS     string
	Payload string
}

func vectors(t testing.TB) []vector {
	t.Helper()
	var all []vector
	if err := json.Unmarshal(read(t, "rfc-vectors.json"), &all); err != nil || len(all) != 9 {
		t.Fatalf("%d vectors, %v", len(all), err)
	}
	return all
}

// RFC 7515 A.1 to A.4, RFC 7520 4.1 to 4.4, RFC 8037 A.4.
func TestVectorsOfTheRFCs(t *testing.T) {
	for _, v := range vectors(t) {
		o := VerifyOptions{Keys: []*keys.Key{load(t, v.Key)}, SignatureOnly: true}
		got, err := Verify(v.JWS, o)
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		if string(got.Payload) != v.Payload {
			t.Errorf("%s: payload %q, want %q", v.Name, got.Payload, v.Payload)
		}
		for part, at := range map[string]int{
			"payload":   strings.IndexByte(v.JWS, '.') + 2,
			"signature": strings.LastIndexByte(v.JWS, '.') + 2,
		} {
			if _, err := Verify(flip(v.JWS, at), o); err == nil {
				t.Errorf("%s: passed with another %s", v.Name, part)
			}
		}
	}
}

// A vector passes under its own key and under no other.
func TestVectorsUnderOtherKeys(t *testing.T) {
	all := vectors(t)
	for i, v := range all {
		for j, other := range all {
			if string(v.Key) == string(other.Key) || i == j {
				continue
			}
			key := load(t, other.Key)
			key.KID = ""
			if _, err := Verify(v.JWS, VerifyOptions{Keys: []*keys.Key{key}, SignatureOnly: true}); err == nil {
				t.Errorf("%s passes under the key of %s", v.Name, other.Name)
			}
		}
	}
}

// RFC 7515 A.5 is an unsecured JWS: it is never verified, whatever the key.
func TestUnsecuredIsRefused(t *testing.T) {
	const a5 = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
	if got, err := Parse(a5); err != nil || got.Claims.String("iss") != "joe" {
		t.Errorf("it cannot even be looked at: %v", err)
	}
	for _, v := range vectors(t) {
		if _, err := Verify(a5, VerifyOptions{Keys: []*keys.Key{load(t, v.Key)}, SignatureOnly: true}); err == nil || !strings.Contains(err.Error(), "not signed") {
			t.Errorf("with the key of %s: %v", v.Name, err)
		}
	}
	if _, err := Verify(a5, VerifyOptions{SignatureOnly: true}); err == nil {
		t.Error("accepted without any key")
	}
}
