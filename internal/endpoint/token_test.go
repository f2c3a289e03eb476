package endpoint

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestParseTokenReadsEveryMember(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	set, err := ParseToken([]byte(`{"access_token":"a","token_type":"bearer","expires_in":3599,"refresh_token":"r","id_token":"i",
		"scope":"x y","issued_token_type":"urn:x","refresh_expires_in":1800,"ext_expires_in":3599}`), "asked", at)
	if err != nil {
		t.Fatal(err)
	}
	if set.AccessToken.Reveal() != "a" || set.RefreshToken.Reveal() != "r" || set.IDToken.Reveal() != "i" {
		t.Error("a token is missing")
	}
	if set.TokenType != "bearer" || set.Scope != "x y" || set.IssuedTokenType != "urn:x" {
		t.Errorf("got %+v", set)
	}
	if got := set.ExpiresAt.Sub(at); got != 3599*time.Second {
		t.Errorf("expires in %s", got)
	}
	if got := set.RefreshExpires.Sub(at); got != 1800*time.Second {
		t.Errorf("refresh expires in %s", got)
	}
}

func TestParseTokenScopeIsTheAskedOneWhenAbsent(t *testing.T) {
	set, err := ParseToken([]byte(`{"access_token":"a","token_type":"Bearer"}`), "asked", time.Now())
	if err != nil || set.Scope != "asked" || !set.ExpiresAt.IsZero() {
		t.Errorf("got %+v, %v", set, err)
	}
}

func TestParseTokenRefusesHostileAnswers(t *testing.T) {
	ok := `"access_token":"a","token_type":"Bearer"`
	for _, body := range []string{
		``, ` `, `null`, `[]`, `"x"`, `<!DOCTYPE html><html>`, `{`, `{` + ok, `{` + ok + `}{}`, `{` + ok + `} x`, `{` + ok + `}}`, `{` + ok + `}]`,
		`{"token_type":"Bearer"}`, `{"access_token":"","token_type":"Bearer"}`, `{"access_token":"a"}`,
		`{"access_token":7,"token_type":"Bearer"}`, `{"access_token":["a"],"token_type":"Bearer"}`,
		`{` + ok + `,"access_token":"b"}`,
		`{` + ok + `,"expires_in":-1}`, `{` + ok + `,"expires_in":1e308}`, `{` + ok + `,"expires_in":"3600"}`,
		`{` + ok + `,"expires_in":null}`, `{` + ok + `,"expires_in":{}}`, `{` + ok + `,"expires_in":1e999}`,
		`{` + ok + `,"scope":["x"]}`, `{` + ok + `,"refresh_token":1}`,
	} {
		_, err := ParseToken([]byte(body), "", time.Now())
		if !errors.Is(err, ErrNoTokenResponse) {
			t.Errorf("%s: got %v", body, err)
			continue
		}
		if strings.ContainsAny(err.Error(), "\n\r\x1b") {
			t.Errorf("%s: more than one line: %q", body, err)
		}
	}
}

func FuzzParseToken(f *testing.F) {
	seeds := []string{
		`{"access_token":"a","token_type":"Bearer","expires_in":3600}`, `{"access_token":"a","token_type":"N_A"}`,
		`{"expires_in":1e308}`, `{"a":1,"a":2}`, `<html>`, `{"access_token":"\u0000","token_type":"x"}`,
	}
	for _, s := range seeds {
		if s == "" {
			f.Fatal("empty seed")
		}
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		set, err := ParseToken(body, "", time.Unix(0, 0))
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r\x1b") {
				t.Errorf("the error has a control character: %q", err)
			}
			return
		}
		if set.AccessToken.IsZero() || set.TokenType == "" {
			t.Error("accepted an answer without token or type")
		}
		if !set.ExpiresAt.IsZero() && set.ExpiresAt.Before(time.Unix(0, 0)) {
			t.Error("expires before it was granted")
		}
	})
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                        "plain",
		"a\r\nb\tc":                    "a b c",
		"\x1b[31mred\x1b[0m":           "[31mred[0m",
		"x\u202eevil\u2066y\u200bz":    "xevilyz",
		"\x00\x07\u0085end":            "end",
		"bad\xffutf8":                  "badutf8",
		strings.Repeat("é", MaxText+9): strings.Repeat("é", MaxText-1) + "…",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\x1b[2Jb")
	f.Add("\u202e\u0000")
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if len([]rune(got)) > MaxText || strings.ContainsAny(got, "\x1b\n\r\t\x00\u202e\u2066") {
			t.Errorf("Clean(%q) = %q", s, got)
		}
	})
}
