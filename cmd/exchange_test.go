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

// A command that asks by another grant than the profile's sets that one's parameters too.
func TestNoParamReplacesWhatTheCommandSets(t *testing.T) {
	for name, args := range map[string][]string{
		"exchange.subject_token_type":   {"exchange", "--param", "subject_token_type=x"},
		"exchange.requested_token_type": {"exchange", "--param", "requested_token_type=x", "--requested-token-type", "jwt"},
		"exchange.subject_issuer":       {"exchange", "--param", "subject_issuer=x", "--subject-issuer", "y"},
		"grant":                         {"refresh", "--param", "grant_type=x"},
	} {
		s, list := recorder(t)
		given := "--subject-token"
		if args[0] == "refresh" {
			given = "--refresh-token"
		}
		args = append(args, "--store", "none", given, fileWith(t, "opaque.token"))
		_, stderr, code := run(t, strings.Replace(anyProfile, "URL", s.URL, 1), nil, args...)
		if code != 2 || len(*list) != 0 || !strings.Contains(stderr, "authctl sets it by "+name+" of profile x") {
			t.Errorf("%s: exit %d, %d requests: %s", name, code, len(*list), stderr)
		}
	}
	s, list := recorder(t)
	args := []string{"exchange", "--store", "none", "--param", "requested_token_type=x", "--param", "audience=y", "--subject-token", fileWith(t, "opaque.token")}
	if _, stderr, code := run(t, strings.Replace(anyProfile, "URL", s.URL, 1), nil, args...); code != 0 || !strings.Contains((*list)[0].body, "requested_token_type=x") {
		t.Errorf("exit %d: %s", code, stderr)
	}
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

// A shell's "$UNSET" must not fall back to another token, nor drop the actor.
func TestAnEmptyTokenFlagIsRefused(t *testing.T) {
	for _, args := range [][]string{
		{"exchange", "--subject-token", ""},
		{"exchange", "--subject-token", "-", "--actor-token", ""},
		{"refresh", "--refresh-token", ""},
	} {
		s, list := recorder(t)
		_, stderr, code := run(t, strings.Replace(anyProfile, "URL", s.URL, 1), nil, append(args, "--store", "none")...)
		if code != 2 || len(*list) != 0 || !strings.Contains(stderr, `invalid argument "" for "`+args[len(args)-2]+`"`) {
			t.Errorf("%q: exit %d, %d requests: %s", args, code, len(*list), stderr)
		}
	}
}

func TestEachTokenHasItsOwnMessage(t *testing.T) {
	good, empty, junk := fileWith(t, "opaque"), fileWith(t, " \n"), fileWith(t, "junk")
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"subject":        {[]string{"exchange", "--subject-token", empty}, 2, "--subject-token: " + empty + " is empty"},
		"actor":          {[]string{"exchange", "--subject-token", good, "--actor-token", empty}, 2, "--actor-token: " + empty + " is empty"},
		"refresh":        {[]string{"refresh", "--refresh-token", empty}, 2, "--refresh-token: " + empty + " is empty"},
		"no SAML actor":  {[]string{"exchange", "--subject-token", good, "--actor-token", junk, "--actor-token-type", "saml2"}, 3, "the actor token: not a SAML"},
		"UTF-16 subject": {[]string{"exchange", "--subject-token", fileWith(t, "\xff\xfee\x00y\x00")}, 3, "the subject token is not plain text in one line"},
		"UTF-16 refresh": {[]string{"refresh", "--refresh-token", fileWith(t, "\xff\xfee\x00y\x00")}, 3, "the refresh token is not plain text in one line"},
		"subject's type": {[]string{"exchange", "--subject-token", good, "--subject-token-type", "acess_token"}, 2, `--subject-token-type "acess_token"`},
		"actor's type":   {[]string{"exchange", "--subject-token", good, "--actor-token-type", "x"}, 2, `--actor-token-type "x"`},
		"wanted type":    {[]string{"exchange", "--subject-token", good, "--requested-token-type", "x"}, 2, "saml1"},
		"absent":         {[]string{"exchange", "--subject-token", "absent.jwt"}, 2, "--subject-token: open absent.jwt: no such file"},
		"both stdin":     {[]string{"exchange", "-p", "stdin", "--actor-token", "-"}, 2, "cannot both be stdin"},
	} {
		s, list := recorder(t)
		profiles := strings.Replace(anyProfile, "URL", s.URL, 1) + `  stdin: {token_url: "` + s.URL + `", client: {id: c, auth: none}, grant: client_credentials, exchange: {subject_token: "file:-"}}
`
		_, stderr, code := run(t, profiles, nil, append(c.args, "--store", "none")...)
		if code != c.code || len(*list) != 0 || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: exit %d, %d requests: %s", name, code, len(*list), stderr)
		}
	}
}

// Who gives the token itself by mistake does not find it in the CI's log.
func TestATokenInPlaceOfItsFileIsNotRepeated(t *testing.T) {
	for _, given := range []string{jws(`{"sub":"s"}`), strings.Repeat("a1", 400), "0.ARoA-" + strings.Repeat("c_-9", 30)} {
		for _, args := range [][]string{{"exchange", "--subject-token", given}, {"refresh", "--refresh-token", given}} {
			_, stderr, code := run(t, strings.Replace(anyProfile, "URL", "https://as.example", 1), nil, append(args, "--store", "none")...)
			if code != 2 || strings.Contains(stderr, given) || !strings.Contains(stderr, args[1]+" names a file and never is the token itself") {
				t.Errorf("exit %d: %s", code, stderr)
			}
		}
	}
}

func TestATokenByReference(t *testing.T) {
	s, list := recorder(t)
	profiles := strings.Replace(anyProfile, "URL", s.URL, 1)
	env := map[string]string{"SUBJECT": "the-subject", "ACTOR": "the-actor", "REFRESH": "the-refresh"}
	for _, args := range [][]string{
		{"exchange", "--subject-token", "env:SUBJECT", "--actor-token", "env:ACTOR"},
		{"refresh", "--refresh-token", "env:REFRESH"},
	} {
		if _, stderr, code := run(t, profiles, env, append(args, "--store", "none")...); code != 0 {
			t.Fatalf("%q: exit %d: %s", args, code, stderr)
		}
	}
	for i, wants := range [][]string{{"subject_token=the-subject", "actor_token=the-actor"}, {"refresh_token=the-refresh"}} {
		for _, want := range wants {
			if !strings.Contains((*list)[i].body, want) {
				t.Errorf("%s lacks %s", (*list)[i].body, want)
			}
		}
	}
	if _, stderr, code := run(t, profiles, env, "refresh", "--refresh-token", "env:UNSET", "--store", "none"); code != 3 || !strings.Contains(stderr, "UNSET") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

// A flag that would change nothing is no flag: a refresh has what was granted.
func TestARefreshHasNoFlagThatDoesNothing(t *testing.T) {
	s, list := recorder(t)
	profiles := strings.Replace(anyProfile, "URL", s.URL, 1)
	for _, flag := range []string{"--scope", "--audience", "--resource"} {
		if _, stderr, code := run(t, profiles, nil, "refresh", flag, "urn:x", "--refresh-token", fileWith(t, "r"), "--store", "none"); code != 2 || !strings.Contains(stderr, flag) {
			t.Errorf("%s: exit %d: %s", flag, code, stderr)
		}
	}
	if len(*list) != 0 {
		t.Errorf("%d requests", len(*list))
	}
	if _, stderr, code := run(t, profiles, nil, "refresh", "--param", "scope=less", "--refresh-token", fileWith(t, "r"), "--store", "none"); code != 0 || !strings.Contains((*list)[0].body, "scope=less") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
