package secretstore

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

func utf16le(s string) string {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return string(out)
}

func utf16be(s string) string {
	out := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u>>8), byte(u))
	}
	return string(out)
}

// TestAClientSecretIsOneLine (RFC 6749 A.2), in whatever an editor wrote it; a
// key beside it stays as it is.
func TestAClientSecretIsOneLine(t *testing.T) {
	for name, c := range map[string]struct{ raw, want, wrong string }{
		"plain":              {"s3cret", "s3cret", ""},
		"a line end":         {"s3cret\n", "s3cret", ""},
		"Windows' line end":  {"s3cret\r\n", "s3cret", ""},
		"a BOM":              {"\ufeffs3cret\r\n", "s3cret", ""},
		"UTF-16LE":           {utf16le("s3cret\r\n"), "s3cret", ""},
		"UTF-16BE":           {utf16be("s3cret\n"), "s3cret", ""},
		"UTF-16 without end": {utf16be("s3cret"), "s3cret", ""},
		"blanks stay":        {" s3 cret ", " s3 cret ", ""},
		"beyond ASCII":       {"blåbær", "blåbær", ""},
		"Latin-1":            {"bl\xe5b\xe6r\n", "bl\xe5b\xe6r", ""},
		"Latin-1, no end":    {"bl\xe5b\xe6r", "bl\xe5b\xe6r", ""},
		"two lines":          {"s3cret\nmore\n", "", "more than one line"},
		"an empty line":      {"s3cret\n\n", "", "more than one line"},
		"NUL":                {"s3\x00cret", "", "NUL"},
		"UTF-16, no BOM":     {"s\x003\x00", "", "NUL"},
		"half a character":   {utf16le("s3cret") + "x", "", "UTF-16"},
		"a tab":              {"s3\tcret", "", "control character"},
		"DEL":                {"s3cret\x7f", "", "control character"},
		"a BOM alone":        {"\ufeff\n", "", "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "secret")
			if err := os.WriteFile(path, []byte(c.raw), 0o600); err != nil {
				t.Fatal(err)
			}
			ref := secret.Ref{Kind: secret.File, Path: path, Line: true}
			got, err := NewResolver(Sources{}).Resolve(t.Context(), "p", ref)
			switch {
			case c.wrong == "":
				if err != nil || got.Reveal() != c.want {
					t.Errorf("got %q, %v", got.Reveal(), err)
				}
			case fault.KindOf(err) != fault.Config:
				t.Errorf("%v is no fault.Config", err)
			case !strings.Contains(err.Error(), c.wrong) || !strings.Contains(err.Error(), "file:"+path):
				t.Errorf("%v does not say %q of the file", err, c.wrong)
			case strings.Contains(err.Error(), "s3c"):
				t.Errorf("the secret is quoted: %v", err)
			}
			ref.Line = false
			whole, err := NewResolver(Sources{}).Resolve(t.Context(), "p", ref)
			if err != nil || !strings.HasPrefix(c.raw, whole.Reveal()) || len(c.raw)-len(whole.Reveal()) > 2 {
				t.Errorf("as a key: %q, %v", whole.Reveal(), err)
			}
		})
	}
}

func FuzzLine(f *testing.F) {
	for _, seed := range []string{"a", "a\n", "\ufeffa", utf16le("a\n"), utf16be("a\r\n"), "\xff\xfe\x00", "\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := Line(secret.New(string(raw)))
		if err == nil && (got.IsZero() || strings.ContainsAny(got.Reveal(), "\r\n\x00\x1b\x7f")) {
			t.Errorf("%q became %q", raw, got.Reveal())
		}
	})
}
