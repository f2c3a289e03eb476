package grant

import (
	"encoding/base64"
	"testing"

	"authctl/internal/secret"
)

// A program's assertion, new at every call, stands for its command; any other for itself.
func TestWhatABearerGrantIsMadeFrom(t *testing.T) {
	file := secret.Ref{Kind: secret.File, Path: "a"}
	command := func(argv ...string) secret.Ref { return secret.Ref{Kind: secret.Command, Argv: argv} }
	made := func(from secret.Ref, text, kind string) string {
		return bearer{assertion: Subject{Token: secret.New(text), Type: kind}, from: from}.subject()
	}
	environ := command("mint")
	environ.Environ = []string{"WHO"}
	github := secret.Ref{Kind: secret.GitHubActions, Name: "a"}
	jwt := func(claims string) string {
		return "eyJhbGciOiJSUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
	}
	exchange := func(from secret.Ref, text string) string {
		return TokenExchange{Subject: Subject{Token: secret.New(text), Type: "jwt"}, from: from}.subject()
	}
	for name, c := range map[string]struct {
		a, b string
		same bool
	}{
		"one command, two assertions":  {made(command("mint"), "1", "jwt"), made(command("mint"), "2", "jwt"), true},
		"two commands, one assertion":  {made(command("mint"), "1", "jwt"), made(command("other"), "1", "jwt"), false},
		"other words of the arguments": {made(command("mint", "a b"), "1", "jwt"), made(command("mint", "a", "b"), "1", "jwt"), false},
		"a variable more":              {made(command("mint"), "1", "jwt"), made(environ, "1", "jwt"), false},
		"another type":                 {made(command("mint"), "1", "jwt"), made(command("mint"), "1", "saml2"), false},
		"one file, two assertions":     {made(file, "1", "jwt"), made(file, "2", "jwt"), false},
		"one file, one assertion":      {made(file, "1", "jwt"), made(file, "1", "jwt"), true},
		"one job, twice":               {made(github, jwt(`{"sub":"a","iat":1,"nbf":1,"exp":2,"jti":"1"}`), "jwt"), made(github, jwt(`{"sub":"a","iat":3,"nbf":3,"exp":4,"jti":"2"}`), "jwt"), true},
		"two jobs":                     {made(github, jwt(`{"sub":"a"}`), "jwt"), made(github, jwt(`{"sub":"b"}`), "jwt"), false},
		"two runs":                     {made(github, jwt(`{"sub":"a","run_id":"1"}`), "jwt"), made(github, jwt(`{"sub":"a","run_id":"2"}`), "jwt"), false},
		"claims that run together":     {made(github, jwt(`{"a":"b","c":"d"}`), "jwt"), made(github, jwt(`{"a":"b\"c\":\"d"}`), "jwt"), false},
		"what is no JWT":               {made(github, "1", "jwt"), made(github, "2", "jwt"), false},
		"a command, exchanged":         {exchange(command("mint"), "1"), exchange(command("mint"), "2"), true},
		"a file, exchanged":            {exchange(file, "1"), exchange(file, "2"), false},
		"what a person exchanges":      {exchange(secret.Ref{}, "1"), exchange(secret.Ref{}, "2"), false},
	} {
		if (c.a == c.b) != c.same {
			t.Errorf("%s: same %v", name, c.a == c.b)
		}
	}
}
