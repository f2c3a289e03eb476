package cmd_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"authctl/cmd"
	"authctl/internal/app"
)

// BenchmarkFreshToken is the commonest call: a fresh token out of the store.
func BenchmarkFreshToken(b *testing.B) {
	dir := b.TempDir()
	path := filepath.Join(dir, "profiles.yaml")
	s, _ := recorder(b)
	text := fmt.Sprintf("version: 1\nprofiles:\n  p:\n    preset: salus-guardian\n    token_url: %s\n    client: {id: x, secret: \"env:HOME\"}\n", s.URL)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	sys := app.Host()
	var out, errs bytes.Buffer
	sys.Out, sys.Err = &out, &errs
	sys.Env = func(name string) (string, bool) {
		switch name {
		case "AUTHCTL_CONFIG":
			return path, true
		case "HOME":
			return dir, true
		case "AUTHCTL_STORE":
			return "file", true
		}
		return "", false
	}
	for b.Loop() {
		if code := cmd.Main(b.Context(), sys, []string{"token", "-p", "p"}); code != 0 {
			b.Fatal(errs.String())
		}
	}
}
