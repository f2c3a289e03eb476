package render

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// A server's text stays what it is and cannot drive the terminal it is shown on.
func TestJSONIsEscaped(t *testing.T) {
	hostile := "\x1b[2J\u009b31m\u202e\u200f\x7f\u0085\U000e0001é"
	r := sample()
	r.Set.TokenType, r.Set.Scope, r.Set.IssuedTokenType = hostile, hostile, hostile
	var b bytes.Buffer
	if err := Write(&b, r, Options{Format: "json"}); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(b.String(), "\x1b\u009b\u202e\u200f\x7f\u0085\U000e0001") || strings.Count(b.String(), "\n") != 1 {
		t.Errorf("it can drive a terminal: %q", b.String())
	}
	var out map[string]any
	if err := json.Unmarshal(b.Bytes(), &out); err != nil || out["token_type"] != hostile || out["scope"] != hostile {
		t.Errorf("%q, %v", out, err)
	}
}
