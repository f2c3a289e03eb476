package cmd_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// jws is a compact JWS with these claims; nobody checks its signature here.
func jws(claims string) string {
	b64 := base64.RawURLEncoding.EncodeToString
	return b64([]byte(`{"alg":"ES256"}`)) + "." + b64([]byte(claims)) + "." + b64([]byte("signature"))
}

func fileWith(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "given")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAnExpiredSubjectJWTIsNotSent(t *testing.T) {
	for name, c := range map[string]struct {
		subject string
		args    []string
		sent    bool
	}{
		"expired":             {jws(`{"exp":1000000000}`), nil, false},
		"expired, with lines": {jws(`{"exp":1000000000}`) + "\r\n", nil, false},
		"expired, a fraction": {jws(`{"exp":1000000000.5}`), []string{"--subject-token-type", "jwt"}, false},
		"expired, by URN":     {jws(`{"exp":1000000000}`), []string{"--subject-token-type", "urn:ietf:params:oauth:token-type:id_token"}, false},
		"allowed":             {jws(`{"exp":1000000000}`), []string{"--allow-expired"}, true},
		"good":                {jws(`{"exp":99999999999}`), nil, true},
		"no exp":              {jws(`{"sub":"s"}`), nil, true},
		"exp as text":         {jws(`{"exp":"1000000000"}`), nil, true},
		"exp is null":         {jws(`{"exp":null}`), nil, true},
		"opaque":              {"opaque.token", nil, true},
		"no JSON":             {"a.b.c", nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, list := recorder(t)
			args := append([]string{"exchange", "--store", "none", "--subject-token", fileWith(t, c.subject)}, c.args...)
			stdout, stderr, code := run(t, strings.Replace(anyProfile, "URL", s.URL, 1), nil, args...)
			if c.sent {
				if code != 0 || len(*list) != 1 {
					t.Errorf("exit %d, %d requests: %s", code, len(*list), stderr)
				}
				return
			}
			if code != 7 || stdout != "" || len(*list) != 0 {
				t.Errorf("exit %d, %d requests, stdout %q", code, len(*list), stdout)
			}
			for _, want := range []string{
				"authctl: x: the subject token expired at 2001-09-09T01:46:40Z (exp): it was not sent\n",
				"hint: get a new subject token from its issuer; --allow-expired sends this one\n",
			} {
				if !strings.Contains(stderr, want) {
					t.Errorf("%q lacks %q", stderr, want)
				}
			}
		})
	}
}
