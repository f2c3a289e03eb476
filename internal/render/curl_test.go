package render

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"

	"authctl/internal/secret"
)

func decode(s string) (rune, int) { return utf8.DecodeRuneInString(s) }

// curl itself reads the config, a server says what arrived.
func TestCurlConfigArrivesAsMeant(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("curl is not installed here")
	}
	var got http.Header
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header }))
	defer srv.Close()
	r := hostileResult()
	var b bytes.Buffer
	if err := Write(&b, r, Options{Format: "curl"}); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(curl, "-q", "-sS", "-K", "-", srv.URL)
	cmd.Stdin, cmd.Dir = &b, t.TempDir()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, h := range r.Headers {
		values, sent := got[http.CanonicalHeaderKey(h.Name)]
		if !sent || values[0] != strings.Trim(h.Value.Reveal(), " \t") {
			t.Errorf("%s: sent %q, arrived %q", h.Name, h.Value.Reveal(), values)
		}
	}
	if got.Get("Authorization") != "bearer "+hostileToken {
		t.Error("Authorization did not arrive")
	}
}

// FuzzCurlConfig reads a line back as curl's config parser does.
func FuzzCurlConfig(f *testing.F) {
	for _, s := range append(hostile(), "a\nb", "a\rb", "a\vb", `url = "http://evil"`, "\"\nurl = \"http://evil") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		line := CurlOption("header", value)
		body, ok := strings.CutPrefix(line, `header = "`)
		if !ok || strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\"\n") {
			t.Fatalf("%q", line)
		}
		if got := unescapeCurl(body); got != value {
			t.Fatalf("%q reads back as %q", line, got)
		}
	})
}

func unescapeCurl(s string) string {
	var out strings.Builder
	for i := 0; i < len(s) && s[i] != '"'; i++ {
		if s[i] != '\\' || i+1 == len(s) {
			out.WriteByte(s[i])
			continue
		}
		i++
		if j := strings.IndexByte("tnrv", s[i]); j >= 0 {
			out.WriteByte("\t\n\r\v"[j])
		} else {
			out.WriteByte(s[i])
		}
	}
	return out.String()
}

// FuzzHeaderValue: what passes ValidateHeader is one line in every format.
func FuzzHeaderValue(f *testing.F) {
	for _, s := range append(hostile(), "a\r\nb", "a\nb", "a\x00b", "a\u0085b", "a\u2028b") {
		f.Add("X-A", s)
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		if ValidateHeader(name, value) != nil {
			return
		}
		r := sample()
		r.Headers = []Header{{name, secret.New(value)}}
		for _, form := range []string{"headers", "curl"} {
			var b bytes.Buffer
			if err := Write(&b, r, Options{Format: form}); err != nil {
				t.Fatal(err)
			}
			if strings.Count(b.String(), "\n") != 2 || strings.ContainsAny(b.String(), "\r\x00") {
				t.Fatalf("%s: %q", form, b.String())
			}
		}
	})
}
