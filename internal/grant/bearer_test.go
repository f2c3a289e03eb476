package grant

import (
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
	} {
		if (c.a == c.b) != c.same {
			t.Errorf("%s: same %v", name, c.a == c.b)
		}
	}
}
