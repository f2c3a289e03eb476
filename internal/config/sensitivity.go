package config

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"authctl/internal/strict"
)

// sensitivity is what a reference leads to.
type sensitivity int

const (
	private sensitivity = iota // a secret: its file must be owner-only
	signing                    // a private key to sign with, which a program may hold
	phrase                     // a secret that is one line of text
	public                     // a certificate: any mode
	placed                     // a token that a platform or another program puts there: any mode
)

// literal is the problem of a secret itself where a reference to it belongs.
func literal(r *strict.Reader, n *yaml.Node, path string, s sensitivity) {
	if s == public {
		r.Problem(n, path, "give it as file:PATH", "must be a reference such as file:PATH")
		return
	}
	if r.Argument {
		r.Problem(n, path, "give a reference: env:NAME, file:PATH or {command: [argv...]}", "a secret must not stand in an argument, which every process can read")
		return
	}
	name := secretName(path)
	where := ""
	switch {
	case r.Profile != "":
		where = " -p " + r.Profile
	case strings.HasPrefix(path, "store."):
		where = " -p store"
	}
	hint := fmt.Sprintf("keep it with `authctl secret set %s%s` and write keyring:%s here (or env:NAME, file:PATH, {command: [argv...]})", name, where, name)
	r.Problem(n, path, hint, "a secret must not stand in the file, only a reference to it")
}

// secretName proposes the keyring name of the secret at a path: client.secret
// becomes client_secret.
func secretName(path string) string {
	parts := strings.FieldsFunc(path, func(c rune) bool { return c == '.' || c == '[' || c == ']' || '0' <= c && c <= '9' })
	if len(parts) > 2 {
		parts = parts[len(parts)-2:]
	}
	return strings.Join(parts, "_")
}
