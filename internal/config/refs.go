package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/strict"
)

func ref(key string, to *secret.Ref, s sensitivity) strict.Member {
	return strict.Member{
		Key: key, Fixed: true,
		Read: func(r *strict.Reader, n *yaml.Node, path string) {
			if got, ok := readRef(r, n, path, s); ok {
				*to = got
			}
		},
		Write: func() *yaml.Node { return fromRef(*to) },
	}
}

func optionalRef(key string, to **secret.Ref, s sensitivity) strict.Member {
	return strict.Member{
		Key: key, Fixed: true,
		Read: func(r *strict.Reader, n *yaml.Node, path string) {
			if got, ok := readRef(r, n, path, s); ok {
				*to = &got
			}
		},
		Write: func() *yaml.Node {
			if *to == nil {
				return nil
			}
			return fromRef(**to)
		},
	}
}

// refs is a list of references.
func refs(key string, to *[]secret.Ref, s sensitivity) strict.Member {
	return strict.Member{
		Key: key, Fixed: true,
		Read: func(r *strict.Reader, n *yaml.Node, path string) {
			*to = nil
			r.Sequence(n, path, func(item *yaml.Node, at string) {
				if one, ok := readRef(r, item, at, s); ok && one.IsZero() {
					r.Problem(item, at, refForms, "is empty")
				} else if ok {
					*to = append(*to, one)
				}
			})
		},
		Write: func() *yaml.Node {
			if len(*to) == 0 {
				return nil
			}
			list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
			for _, one := range *to {
				list.Content = append(list.Content, fromRef(one))
			}
			return list
		},
	}
}

// readRef reads a secret reference. What stands there may be the secret itself,
// so no message quotes it.
func readRef(r *strict.Reader, n *yaml.Node, path string, s sensitivity) (secret.Ref, bool) {
	n, ok := r.Follow(n, path)
	if !ok {
		return secret.Ref{}, false
	}
	var got secret.Ref
	switch n.Kind {
	case yaml.ScalarNode:
		got, ok = oneLineRef(r, n, path, s)
	case yaml.MappingNode:
		got, ok = askedRef(r, n, path, s)
	default:
		r.Problem(n, path, refForms, "must be a secret reference, not %s", strict.KindOf(n))
		return secret.Ref{}, false
	}
	got.Line = s == phrase && !got.IsZero()
	return got, ok
}

const onlySigns = "signs, and gives no secret: it is for client.key, grant_assertion.key, sts.key, dpop.key and tls.client_key"

const refForms = "keyring:NAME, env:NAME, file:PATH, file:PATH#/json/pointer, or {command: [program, argument]}"

func oneLineRef(r *strict.Reader, n *yaml.Node, path string, s sensitivity) (secret.Ref, bool) {
	if n.Value == "" {
		return secret.Ref{}, true // "" takes a preset's reference away
	}
	got, err := secret.ParseRef(n.Value)
	switch {
	case errors.Is(err, secret.ErrLiteral):
		literal(r, n, path, s)
		return secret.Ref{}, false
	case err != nil:
		r.Problem(n, path, refForms, "%s", err)
		return secret.Ref{}, false
	}
	if got.Signs() && s != signing {
		r.Problem(n, path, "", "%s: %s", got.Kind, onlySigns)
		return secret.Ref{}, false
	}
	got.AnyMode = s == public || s == placed
	if got.Kind == secret.File {
		got.Path = resolve(r, got.Path)
	}
	return got, true
}

// resolve makes a relative path relative to the profiles file: the current
// folder must not choose which key is used.
func resolve(r *strict.Reader, path string) string {
	_, home := secret.InHome(path)
	if path == "" || path == "-" || path == "~" || home || filepath.IsAbs(path) || r.Folder == "" {
		return path
	}
	if os.IsPathSeparator(path[0]) { // \run\token, on the drive of the file
		return filepath.VolumeName(r.Folder) + path
	}
	return filepath.Join(r.Folder, path)
}

// askedRef reads {command: [program, argument...], env: [NAME...]},
// {signer: [program, argument...], public: REF, env: [NAME...]} and
// {github_actions: AUDIENCE}, which gives a token and no other secret.
func askedRef(r *strict.Reader, n *yaml.Node, path string, s sensitivity) (secret.Ref, bool) {
	got := secret.Ref{Kind: secret.Command}
	before := len(r.Problems)
	r.Mapping(n, path, askedMembers(&got))
	has := func(kind secret.Kind) bool {
		_, ok := r.Source[strict.Below(path, string(kind))]
		return ok
	}
	github, signer := has(secret.GitHubActions), has(secret.SignerProgram)
	switch {
	case github:
		got.Kind = secret.GitHubActions
	case signer:
		got.Kind = secret.SignerProgram
	}
	problem := ""
	switch {
	case len(r.Problems) > before:
		return secret.Ref{}, false
	case github && s != placed:
		problem = "github_actions gives the token of a job: it is for client.assertion and the tokens of exchange"
	case github && (len(got.Argv)+len(got.Environ) > 0 || got.Public != nil || got.Name == "" || strings.ContainsFunc(got.Name, unicode.IsControl)):
		problem = "github_actions: needs the audience that the server wants, and nothing beside it"
	case signer && s != signing:
		problem = "signer: " + onlySigns
	case signer && (got.Public == nil || got.Public.IsZero() || has(secret.Command)):
		problem = "signer: needs public: beside it, file:PATH of its public key or certificate, and no command:"
	case !signer && got.Public != nil:
		problem = "public: goes with signer:"
	case !github && (len(got.Argv) == 0 || got.Argv[0] == ""):
		problem = string(got.Kind) + ": needs a list, [program, argument]"
	default:
		return got, true
	}
	r.Problem(n, path, "", "%s", problem)
	return secret.Ref{}, false
}

func askedMembers(r *secret.Ref) []strict.Member {
	return []strict.Member{
		program(secret.Command, r), program(secret.SignerProgram, r), optionalRef("public", &r.Public, public),
		strict.Texts("env", &r.Environ), strict.Text(string(secret.GitHubActions), &r.Name),
	}
}

// program is the argv of r where r is of that kind.
func program(kind secret.Kind, r *secret.Ref) strict.Member {
	m := strict.Texts(string(kind), &r.Argv)
	write := m.Write
	m.Write = func() *yaml.Node {
		if r.Kind != kind {
			return nil
		}
		return write()
	}
	return m
}

func fromRef(r secret.Ref) *yaml.Node {
	switch r.Kind {
	case "":
		return nil
	case secret.Command, secret.SignerProgram, secret.GitHubActions:
		return strict.WriteFlow(askedMembers(&r))
	default:
		return strict.Scalar(r.String())
	}
}

// basic is the computed credential of a field.
func basic(key string, to **profile.Basic) strict.Member {
	return strict.Member{
		Key: key, Fixed: true,
		Read: func(r *strict.Reader, n *yaml.Node, path string) {
			b := profile.Basic{}
			r.Mapping(n, path, basicMembers(&b))
			*to = &b
		},
		Write: func() *yaml.Node {
			if *to == nil {
				return nil
			}
			return strict.WriteFlow(basicMembers(*to))
		},
	}
}

func basicMembers(b *profile.Basic) []strict.Member {
	return []strict.Member{
		strict.Text("username", &b.Username),
		ref("password", &b.Password, phrase),
		strict.Text("scheme", &b.Scheme),
	}
}
