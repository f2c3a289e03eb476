package config_test

import (
	"strings"
	"testing"

	"authctl/internal/config"
	"authctl/internal/shown"
)

// TestShowEscapesWhatDrivesATerminal: in double quotes, so that the YAML means the same.
func TestShowEscapesWhatDrivesATerminal(t *testing.T) {
	const odd = "a\u202eb\u009bc\u2028d\u200b\U000e0001\x1b[2J\r\n\tü"
	body := "token_url: https://as.example/token\ndiscovery: never\nclient: {id: app, auth: none}\naudience: [\"" + `a\u202eb` + "\"]\n" +
		"request: {params: [{name: odd, value: \"" + `a\u202eb\u009bc\u2028d\u200b\U000e0001\x1b[2J\r\n\tü` + "\"}]}\n"
	p, err := config.ParseProfile("x", "here", []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := config.MarshalWithOrigins(p)
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsFunc(string(text), func(r rune) bool { return r != '\n' && shown.Drives(r) }) {
		t.Errorf("%q", text)
	}
	if !strings.Contains(string(text), "ü") {
		t.Errorf("what is plain is escaped: %s", text)
	}
	again, err := config.ParseProfile("x", "there", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if p.Request.Params[0].Value != odd || again.Request.Params[0].Value != odd || again.Audience[0] != p.Audience[0] {
		t.Errorf("%q became %q", p.Request.Params[0].Value, again.Request.Params[0].Value)
	}
}
