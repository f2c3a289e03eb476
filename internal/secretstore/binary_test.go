package secretstore

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"authctl/internal/secret"
)

// A DER key may end in the byte of a newline, and UTF-16 text in half of one.
func TestOnlyTextLosesItsNewline(t *testing.T) {
	for content, want := range map[string]string{
		"secret\n": "secret", "secret\r\n": "secret", "two\n\n": "two\n",
		"\x30\x82\xff\n": "\x30\x82\xff\n", "\xfe\xff\x00a\x00\n": "\xfe\xff\x00a\x00\n",
	} {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		r := NewResolver(Sources{Env: func(string) (string, bool) { return "", false }})
		got, err := r.Resolve(context.Background(), "p", secret.Ref{Kind: secret.File, Path: path})
		if err != nil || got.Reveal() != want {
			t.Errorf("%q became %q, %v", content, got.Reveal(), err)
		}
	}
}
