package endpoint

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"authctl/internal/token"
)

func answer(body string) Answer {
	return Answer{Status: 200, Body: []byte(body), At: time.Unix(1_700_000_000, 0)}
}

func TestParseTokenReadsEveryMember(t *testing.T) {
	a := answer(`{"access_token":"a","token_type":"bearer","expires_in":3599,"refresh_token":"r","id_token":"i",
		"scope":"x y","issued_token_type":"urn:x","refresh_expires_in":1800,"ext_expires_in":3599}`)
	set, err := ParseToken(a, "x y z openid offline_access")
	if err != nil {
		t.Fatal(err)
	}
	if set.AccessToken.Reveal() != "a" || set.RefreshToken.Reveal() != "r" || set.IDToken.Reveal() != "i" {
		t.Error("a token is missing")
	}
	if set.TokenType != "bearer" || set.Scope != "x y" || set.IssuedTokenType != "urn:x" || set.Missing != "z" {
		t.Errorf("got %+v", set)
	}
	if got := set.ExpiresAt.Sub(a.At); got != 3599*time.Second {
		t.Errorf("expires in %s", got)
	}
	if got := set.RefreshExpires.Sub(a.At); got != 1800*time.Second {
		t.Errorf("refresh expires in %s", got)
	}
	if set.Extra.Reveal() != `{"ext_expires_in":3599}` {
		t.Errorf("extra %s", set.Extra.Reveal())
	}
}

func TestParseTokenScopeIsTheAskedOneWhenAbsent(t *testing.T) {
	set, err := ParseToken(answer(`{"access_token":"a","token_type":"Bearer"}`), "asked")
	if err != nil || set.Scope != "asked" || set.Missing != "" || !set.ExpiresAt.IsZero() {
		t.Errorf("got %+v, %v", set, err)
	}
}

// Some servers write commas between the scopes that they granted.
func TestParseTokenSeesScopesBetweenCommas(t *testing.T) {
	for scope, missing := range map[string]string{"x,y z": "", "x, y,z": "", "x,y": "z", "y,": "x z"} {
		set, err := ParseToken(answer(`{"access_token":"a","token_type":"Bearer","scope":"`+scope+`"}`), "x y z")
		if err != nil || set.Missing != missing {
			t.Errorf("%s: %q, %v", scope, set.Missing, err)
		}
	}
	set, err := ParseToken(answer(`{"access_token":"a","token_type":"Bearer","scope":"x,y"}`), "x,y")
	if err != nil || set.Missing != "" || set.Scope != "x,y" {
		t.Errorf("a scope with a comma: %+v, %v", set, err)
	}
}

// docs/threats.md 4: what is needed to use the answer safely is required.
func TestParseTokenRefusesHostileAnswers(t *testing.T) {
	ok := `"access_token":"a","token_type":"Bearer"`
	for _, body := range []string{
		``, ` `, `null`, `[]`, `"x"`, `<!DOCTYPE html><html>`, `{`, `{` + ok, `{` + ok + `}{}`, `{` + ok + `} x`, `{` + ok + `}}`, `{` + ok + `}]`,
		`{"token_type":"Bearer"}`, `{"access_token":"","token_type":"Bearer"}`, `{"access_token":null,"token_type":"Bearer"}`,
		`{"access_token":7,"token_type":"Bearer"}`, `{"access_token":["a"],"token_type":"Bearer"}`,
		`{"access_token":"a","token_type":7}`, `{"access_token":"a","token_type":["Bearer"]}`,
		`{` + ok + `,"access_token":"b"}`, `{` + ok + `,"token_type":"DPoP"}`, `{` + ok + `,"token_type":null}`,
		`{` + ok + `,"refresh_token":"r","refresh_token":"s"}`, `{` + ok + `,"id_token":"r","id_token":"s"}`,
		`{` + ok + `,"error":"invalid_client"}`, `{` + ok + `,"error":{"code":1}}`, `{"error":"bad_refresh_token"}`,
		`access_token=a&token_type=Bearer`,
	} {
		set, err := ParseToken(answer(body), "")
		if !errors.Is(err, ErrNoTokenResponse) || set != (token.Set{}) {
			t.Errorf("%s: got %v", body, err)
			continue
		}
		if strings.ContainsAny(err.Error(), "\n\r\x1b") {
			t.Errorf("%s: more than one line: %q", body, err)
		}
	}
}

// Everything else is read if it can be, and left out with one line if not.
func TestParseTokenReadsWhatItCan(t *testing.T) {
	const unknown = time.Duration(-1)
	for _, c := range []struct {
		members string
		expires time.Duration
		refresh time.Duration
		scope   string
		notes   int
	}{
		{`"expires_in":"3599"`, 3599 * time.Second, unknown, "asked", 0},
		{`"expires_in":" 3599.0 "`, 3599 * time.Second, unknown, "asked", 0},
		{`"expires_in":3.6e3`, time.Hour, unknown, "asked", 0},
		{`"expires_in":"3.6E3"`, time.Hour, unknown, "asked", 0},
		{`"expires_in":null`, unknown, unknown, "asked", 0},
		{`"expires_in":""`, unknown, unknown, "asked", 0},
		{`"expires_in":"soon"`, unknown, unknown, "asked", 1},
		{`"expires_in":"Infinity"`, unknown, unknown, "asked", 1},
		{`"expires_in":"0x10"`, unknown, unknown, "asked", 1},
		{`"expires_in":{}`, unknown, unknown, "asked", 1},
		{`"expires_in":true`, unknown, unknown, "asked", 1},
		{`"expires_in":631138520`, unknown, unknown, "asked", 1},
		{`"expires_in":9223372036854775807`, unknown, unknown, "asked", 1},
		{`"expires_in":"1e999"`, unknown, unknown, "asked", 1},
		{`"expires_in":1,"expires_in":2`, unknown, unknown, "asked", 1},
		{`"expires_in":-1`, 0, unknown, "asked", 0},
		{`"expires_in":-1e300`, 0, unknown, "asked", 0},
		{`"expires_in":0`, 0, unknown, "asked", 0},
		{`"refresh_expires_in":"1800"`, unknown, 1800 * time.Second, "asked", 0},
		{`"refresh_token_expires_in":null,"rt_expires_in":60`, unknown, time.Minute, "asked", 0},
		{`"refresh_expires_in":"never","refresh_token_expires_in":60`, unknown, time.Minute, "asked", 1},
		{`"refresh_expires_in":0`, unknown, unknown, "asked", 0},
		{`"scope":["a","b c"]`, unknown, unknown, "a b c", 0},
		{`"scope":[]`, unknown, unknown, "asked", 0},
		{`"scope":[1]`, unknown, unknown, "asked", 1},
		{`"scope":7`, unknown, unknown, "asked", 1},
		{`"scope":"a","scope":"b"`, unknown, unknown, "asked", 1},
		{`"refresh_token":true`, unknown, unknown, "asked", 1},
		{`"id_token":{}`, unknown, unknown, "asked", 1},
		{`"error":null,"error_description":""`, unknown, unknown, "asked", 0},
		{`"error":false`, unknown, unknown, "asked", 0},
		{`"x":1,"x":2`, unknown, unknown, "asked", 1},
	} {
		a := answer(`{"access_token":"a","token_type":"Bearer",` + c.members + `}`)
		notes := 0
		a.note = func(line string) {
			notes++
			if strings.Contains(line, "soon") || strings.Contains(line, "never") {
				t.Errorf("%s: the line quotes the value: %s", c.members, line)
			}
		}
		set, err := ParseToken(a, "asked")
		since := func(at time.Time) time.Duration {
			if at.IsZero() {
				return unknown
			}
			return at.Sub(a.At)
		}
		if err != nil || since(set.ExpiresAt) != c.expires || since(set.RefreshExpires) != c.refresh || set.Scope != c.scope || notes != c.notes {
			t.Errorf("%s: %v, expires %s and %s, scope %q, %d notes", c.members, err, since(set.ExpiresAt), since(set.RefreshExpires), set.Scope, notes)
		}
		if !set.RefreshToken.IsZero() || !set.IDToken.IsZero() {
			t.Errorf("%s: there are more tokens", c.members)
		}
	}
}

func utf16Of(text, bom string) string {
	var b strings.Builder
	b.WriteString(bom)
	for _, r := range text {
		if bom[0] == 0xFF {
			b.WriteString(string(rune(r)) + "\x00")
		} else {
			b.WriteString("\x00" + string(rune(r)))
		}
	}
	return b.String()
}

// The spellings of a body: byte-order marks, and a form where its type says so.
func TestParseTokenReadsEverySpelling(t *testing.T) {
	const body = `{"access_token":"a","token_type":"Bearer","scope":"x"}`
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}}
	for name, a := range map[string]Answer{
		"BOM":              answer("\xef\xbb\xbf" + body),
		"UTF-16LE":         answer(utf16Of(body, "\xff\xfe")),
		"UTF-16BE":         answer(utf16Of(body, "\xfe\xff")),
		"form":             {Header: form, Body: []byte("access_token=a&token_type=Bearer&scope=x\n")},
		"JSON called form": {Header: form, Body: []byte(" " + body)},
	} {
		set, err := ParseToken(a, "")
		if err != nil || set.AccessToken.Reveal() != "a" || set.TokenType != "Bearer" || set.Scope != "x" {
			t.Errorf("%s: %v %+v", name, err, set)
		}
	}
	for _, bad := range []string{"", "access_token=a&access_token=b&token_type=Bearer", "access_token=%zz", "token_type=Bearer"} {
		if _, err := ParseToken(Answer{Header: form, Body: []byte(bad)}, ""); !errors.Is(err, ErrNoTokenResponse) {
			t.Errorf("form %q: %v", bad, err)
		}
	}
}

func TestBool(t *testing.T) {
	for raw, want := range map[string]struct {
		is    bool
		notes int
	}{
		`"b":true`: {true, 0}, `"b":"true"`: {true, 0}, `"b":false`: {false, 0}, `"b":"false"`: {false, 0}, `"b":null`: {false, 0}, `"a":1`: {false, 0},
		`"b":1`: {false, 1}, `"b":"yes"`: {false, 1}, `"b":true,"b":true`: {false, 1},
	} {
		a, notes := answer("{"+raw+"}"), 0
		a.note = func(string) { notes++ }
		m, err := a.Members()
		if is := m.Bool("b"); err != nil || is != want.is || notes != want.notes {
			t.Errorf("%s: %v, %v, %d notes", raw, err, is, notes)
		}
	}
}

func TestExtraIsBounded(t *testing.T) {
	big := strings.Repeat("x", maxExtra)
	a := answer(`{"access_token":"a","token_type":"Bearer","a":"` + big + `","patient":"1","n":null,"b":{"c":[1]}}`)
	notes := 0
	a.note = func(string) { notes++ }
	set, err := ParseToken(a, "")
	if err != nil || set.Extra.Reveal() != `{"b":{"c":[1]},"patient":"1"}` || notes != 1 {
		t.Errorf("%v, %.80s, %d notes", err, set.Extra.Reveal(), notes)
	}
}

// docs/threats.md 8: the refresh token of any answer can be made durable.
func TestSalvage(t *testing.T) {
	for body, want := range map[string]string{
		`{"refresh_token":"r"}`: "r", `{"refresh_token":"r","access_token":7}`: "r", `{"refresh_token":"r","access_token":"a`: "r",
		`{"refresh_token":"r"} x`: "r", `{"refresh_token":"r","error":"x","access_token":"a"}`: "r",
		`{"refresh_token":"r1","refresh_token":"r"}`: "r", "\xef\xbb\xbf" + `{"refresh_token":"r"}`: "r",
		`{"refresh_token":7}`: "7", `{"refresh_token":12345678901234567890}`: "12345678901234567890", `{"refresh_token":true}`: "",
		`{"x":036,"refresh_token":"a\/r\u0041"}`: "a/rA", `[{"refresh_token":"r"}]`: "r", `{"data":{"refresh_token" : "r"}}`: "r",
		`{'refresh_token':'r'}`: "r", `{"refreshToken":"r"}`: "r", `"{\"refresh_token\":\"r\"}"`: "r", `x=%zz&refresh_token=a%2Fr&y`: "a/r",
		`{"x":036,"refresh_token":"r`: "", `{"x":036,"no_refresh_token":"r"}`: "", `{"x":036,"refresh_token":null}`: "", `{}`: "", ``: "", `<html>`: "", `[]`: "",
	} {
		if got := Salvage(answer(body)).RefreshToken.Reveal(); got != want {
			t.Errorf("%s: %q", body, got)
		}
	}
}

func FuzzParseToken(f *testing.F) {
	seeds := []string{
		`{"access_token":"a","token_type":"Bearer","expires_in":3600}`, `{"access_token":"a","token_type":"N_A"}`,
		`{"expires_in":1e308}`, `{"a":1,"a":2}`, `<html>`, `{"access_token":"\u0000","token_type":"x"}`,
		`access_token=a&token_type=b`, "\xff\xfe{\x00}\x00", `{"access_token":"a","expires_in":"-1e9","scope":["x"],"x":{"y":[]}}`,
	}
	for _, s := range seeds {
		f.Add([]byte(s), false)
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, body []byte, form bool) {
		a := Answer{Body: body, At: time.Unix(0, 0), note: func(string) {}}
		if form {
			a.Header = http.Header{"Content-Type": {formType}}
		}
		set, err := ParseToken(a, "")
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r\x1b") {
				t.Errorf("the error has a control character: %q", err)
			}
			return
		}
		if set.AccessToken.IsZero() || Salvage(a).AccessToken.Reveal() != set.AccessToken.Reveal() {
			t.Error("accepted an answer without a token")
		}
		if set.ExpiresAt.Before(a.At) && !set.ExpiresAt.IsZero() {
			t.Error("expires before it was granted")
		}
		if x := set.Extra.Reveal(); x != "" && (!json.Valid([]byte(x)) || len(x) > 2*maxExtra) {
			t.Errorf("extra %q", x)
		}
	})
}
