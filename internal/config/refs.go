package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"authctl/internal/secret"
)

// sensitivity is what a reference leads to.
type sensitivity int

const (
	private sensitivity = iota // a secret: its file must be owner-only
	phrase                     // a secret that is one line of text
	public                     // a certificate: any mode
	placed                     // a token that a platform or another program puts there: any mode
)

func ref(key string, to *secret.Ref, s sensitivity) member {
	return member{
		key: key, fixed: true,
		read: func(r *reader, n *yaml.Node, path string) {
			if got, ok := r.ref(n, path, s); ok {
				*to = got
			}
		},
		write: func() *yaml.Node { return fromRef(*to) },
	}
}

func optionalRef(key string, to **secret.Ref) member {
	return member{
		key: key, fixed: true,
		read: func(r *reader, n *yaml.Node, path string) {
			if got, ok := r.ref(n, path, private); ok {
				*to = &got
			}
		},
		write: func() *yaml.Node {
			if *to == nil {
				return nil
			}
			return fromRef(**to)
		},
	}
}

// ref reads a secret reference. What stands there may be the secret itself,
// so no message quotes it.
func (r *reader) ref(n *yaml.Node, path string, s sensitivity) (secret.Ref, bool) {
	n, ok := r.follow(n, path)
	if !ok {
		return secret.Ref{}, false
	}
	switch n.Kind {
	case yaml.ScalarNode:
		got, ok := r.oneLineRef(n, path, s)
		got.Line = s == phrase && !got.IsZero()
		return got, ok
	case yaml.MappingNode:
		got, ok := r.commandRef(n, path)
		got.Line = s == phrase && !got.IsZero()
		return got, ok
	default:
		r.problem(n, path, refForms, "must be a secret reference, not %s", kindOf(n))
		return secret.Ref{}, false
	}
}

const refForms = "keyring:NAME, env:NAME, file:PATH, file:PATH#/json/pointer, or {command: [program, argument]}"

func (r *reader) oneLineRef(n *yaml.Node, path string, s sensitivity) (secret.Ref, bool) {
	if n.Value == "" {
		return secret.Ref{}, true // "" takes a preset's reference away
	}
	got, err := secret.ParseRef(n.Value)
	switch {
	case errors.Is(err, secret.ErrLiteral):
		r.literal(n, path, s)
		return secret.Ref{}, false
	case err != nil:
		r.problem(n, path, refForms, "%s", err)
		return secret.Ref{}, false
	}
	got.AnyMode = s == public || s == placed
	if got.Kind == secret.File {
		got.Path = r.resolve(got.Path)
	}
	return got, true
}

// resolve makes a relative path relative to the profiles file: the current
// folder must not choose which key is used.
func (r *reader) resolve(path string) string {
	home := path == "~" || strings.HasPrefix(path, "~/")
	if path == "-" || home || filepath.IsAbs(path) || r.folder == "" {
		return path
	}
	return filepath.Join(r.folder, path)
}

// commandRef reads {command: [program, argument...], env: [NAME...]}.
func (r *reader) commandRef(n *yaml.Node, path string) (secret.Ref, bool) {
	got := secret.Ref{Kind: secret.Command}
	before := len(r.problems)
	r.mapping(n, path, commandMembers(&got))
	if len(r.problems) > before {
		return secret.Ref{}, false
	}
	if len(got.Argv) == 0 || got.Argv[0] == "" {
		r.problem(n, path, "", "command: needs a list, [program, argument]")
		return secret.Ref{}, false
	}
	return got, true
}

func commandMembers(r *secret.Ref) []member {
	return []member{texts("command", &r.Argv), texts("env", &r.Environ)}
}

func (r *reader) literal(n *yaml.Node, path string, s sensitivity) {
	if s == public {
		r.problem(n, path, "give it as file:PATH", "must be a reference such as file:PATH")
		return
	}
	if r.profile == Alone || r.over {
		r.problem(n, path, "give a reference: env:NAME, file:PATH or {command: [argv...]}", "a secret must not stand in an argument, which every process can read")
		return
	}
	name := secretName(path)
	where := ""
	if r.profile != "" {
		where = " -p " + r.profile
	}
	hint := fmt.Sprintf("keep it with `authctl secret set %s%s` and write keyring:%s here (or env:NAME, file:PATH, {command: [argv...]})", name, where, name)
	r.problem(n, path, hint, "a secret must not stand in the file, only a reference to it")
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

func fromRef(r secret.Ref) *yaml.Node {
	switch r.Kind {
	case "":
		return nil
	case secret.Command:
		n := mapping(commandMembers(&r))
		if n != nil {
			n.Style = yaml.FlowStyle
		}
		return n
	default:
		return scalar(r.String())
	}
}
