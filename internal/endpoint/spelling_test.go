package endpoint

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"authctl/internal/secret"
	"authctl/internal/shown"
)

// spellings are what a server may do to a secret before it echoes it.
func spellings() []func(string) string {
	each := func(format string) func(string) string {
		return func(s string) string {
			var b strings.Builder
			for i := range len(s) {
				_, _ = fmt.Fprintf(&b, format, s[i])
			}
			return b.String()
		}
	}
	return []func(string) string{
		url.QueryEscape, url.PathEscape, each("%%%02x"), each("%%%02X"), html.EscapeString,
		func(s string) string { raw, _ := json.Marshal(s); return string(raw[1 : len(raw)-1]) },
		func(s string) string {
			raw, _ := marshal(s)
			return strings.ReplaceAll(string(raw[1:len(raw)-1]), "/", `\/`)
		},
		func(s string) string {
			var b strings.Builder
			for _, unit := range utf16.Encode([]rune(s)) {
				_, _ = fmt.Fprintf(&b, `\u%04x`, unit)
			}
			return b.String()
		},
		func(s string) string {
			var b strings.Builder
			for i, r := range []rune(s) {
				_, _ = fmt.Fprintf(&b, []string{"&#%d;", "&#x%x;"}[i%2], r)
			}
			return b.String()
		},
	}
}

// wrappings take a secret apart into digits.
func wrappings() []func(string) string {
	return []func(string) string{
		func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
		func(s string) string { return base64.StdEncoding.EncodeToString([]byte("client:" + s)) },
		func(s string) string { return base64.URLEncoding.EncodeToString([]byte("a" + s + "b")) },
		func(s string) string { return hex.EncodeToString([]byte(s)) },
		func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
	}
}

// randomly spells s in up to six ways, one in another.
func randomly(r *rand.Rand, s string) string {
	wrapped := 0
	for range r.IntN(7) {
		if one := r.IntN(len(spellings()) + len(wrappings())); one < len(spellings()) {
			s = spellings()[one](s)
		} else if wrapped < deepest {
			s = wrappings()[one-len(spellings())](s)
			wrapped++
		}
		if len(s) > 1<<14 {
			break
		}
	}
	return s
}

func TestSecretsAreHiddenInEverySpelling(t *testing.T) {
	const secret = `pÄss/w+rd "%41&\ 1`
	for i, one := range append(spellings(), wrappings()...) {
		for j, two := range append(spellings(), wrappings()...) {
			for _, echoed := range []string{one(secret), two(one(secret))} {
				shown := hideSecrets("bad <"+echoed+"> here", []string{secret})
				if strings.Contains(shown, echoed) || !strings.Contains(shown, hiddenText) {
					t.Errorf("%d, %d: %q is shown as %q", i, j, echoed, shown)
				}
				if !strings.HasPrefix(shown, "bad <") || !strings.HasSuffix(shown, "> here") {
					t.Errorf("%d, %d: %q lost what is no secret: %q", i, j, echoed, shown)
				}
			}
		}
	}
	for name, tt := range map[string]struct{ text, want string }{
		"as it is":             {"x sEcret-1 y", "x [secret] y"},
		"another case":         {"x secret-1 y", "x secret-1 y"},
		"twice":                {"sEcret-1sEcret-1", "[secret]"},
		"with what Clean cuts": {"s\u200bEc\x1bret\u202e-1", "[secret]"},
		"escaped by halves":    {`s%45c\u0072et&#45;1`, "[secret]"},
		"percent of percent":   {"s%252545cret-1", "[secret]"},
		"nothing":              {"a server's own words: 100% of c2VjcmV0IGlz \\o/ &amp; more", "a server's own words: 100% of c2VjcmV0IGlz \\o/ &amp; more"},
	} {
		if got := hideSecrets(tt.text, []string{"sEcret-1", "short"}); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func FuzzHide(f *testing.F) {
	f.Add("sEcret/1 +", "left ", " right", uint64(1))
	f.Add(`%41%42%43%44%45%46\`, "%", "41", uint64(7))
	f.Add("päss&amp;w\\u0041rd", "&", ";", uint64(99))
	f.Fuzz(func(t *testing.T, secret, left, right string, seed uint64) {
		if len(secret) < leastSecret || len(secret) > 100 || len(left)+len(right) > 1000 || shown.Clean(secret) != secret {
			t.Skip()
		}
		if len(plainlyNormal(secret)) < leastSecret {
			t.Skip() // almost nothing but escapes: hidden as it is, and no more
		}
		echoed := randomly(rand.New(rand.NewPCG(seed, 0)), secret) //nolint:gosec // a test
		text := left + " <" + echoed + "> " + right
		told := hideSecrets(text, []string{secret})
		if strings.Contains(told, echoed) || strings.Contains(shown.Clean(told), echoed) {
			t.Fatalf("%q echoed as %q is shown as %q", secret, echoed, told)
		}
		if again := hideSecrets(told, []string{secret}); again != told {
			t.Fatalf("%q: shown %q, and again %q", secret, told, again)
		}
	})
}

func plainlyNormal(s string) string { return string(plainly(s).normal().text) }

// A megabyte is looked through in time that grows with its size alone, whatever
// it is made of.
func TestHidingIsLinear(t *testing.T) {
	for name, part := range map[string]string{
		"words": "the server says ", "percent": "%25", "percents": "%", "backslashes": `\`, "entities": "&amp;", "half entities": "&;",
		"base64": "QUJD", "hex": "4142", "base64 of base64": base64.StdEncoding.EncodeToString([]byte(strings.Repeat("QUJD", 300))),
		"repetition": "aaaaaaaa", "unicode": `\ud83d`,
	} {
		body := strings.Repeat(part, MaxBody/8/len(part))
		began := time.Now()
		_ = hideSecrets(body, []string{"aaaaaaaaaaab", "another-secret"})
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s: %v", name, took)
		} else {
			t.Logf("%s: %v", name, took)
		}
	}
}

// Wherever a server echoes it: in a member, as the name of one, in a header, in a page.
func TestAnEchoIsHiddenEverywhere(t *testing.T) {
	const canary = "CANARY/secret+1"
	echoed := url.QueryEscape(base64.StdEncoding.EncodeToString([]byte("id:" + canary)))
	name, _ := json.Marshal(canary)
	for _, body := range []string{
		`{"error":"invalid_client","error_description":"` + echoed + `",` + string(name) + `:1}`,
		`{"access_token":"x","expires_in":"soon",` + string(name) + `:{},` + string(name) + `:[]}`,
		"<p>" + html.EscapeString(echoed) + "</p>",
		echoed,
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Bearer error="`+echoed+`"`)
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(body))
		}))
		r := request(s.URL)
		r.SetSecret("client_secret", secret.New(canary))
		var trace strings.Builder
		a, err := client(&trace).Post(t.Context(), r)
		s.Close()
		if err != nil {
			t.Fatal(err)
		}
		_, _ = ParseToken(a, "")
		if shown := trace.String() + AsRefusal(a).Error(); strings.Contains(shown, echoed) || strings.Contains(shown, canary) {
			t.Errorf("%s\nis shown as %s", body, shown)
		}
	}
}
