package secret

import (
	"errors"
	"fmt"
	"strings"
)

// Kind is where a reference points.
type Kind string

// The closed set of places (docs/profiles.md, "Secret references").
const (
	Keyring Kind = "keyring" // keyring:NAME, item of service authctl/<profile>
	Env     Kind = "env"     // env:NAME
	File    Kind = "file"    // file:PATH, file:PATH#/json/pointer, file:- for stdin
	Command Kind = "command" // command: [argv...], first line of its stdout
	// SSHAgent is a key in ssh-agent: ssh-agent:COMMENT or ssh-agent:SHA256:FINGERPRINT.
	SSHAgent Kind = "ssh-agent"
	// GitHubActions is the JWT that says which job of GitHub Actions this is:
	// github_actions: AUDIENCE.
	GitHubActions Kind = "github_actions"
	// SignerProgram is a key that only a program can use: signer: [argv...],
	// public: REF. What it resolves to is the public half.
	SignerProgram Kind = "signer"
)

// Where a job of GitHub Actions with the permission id-token: write asks for its JWT.
const (
	GitHubURL   = "ACTIONS_ID_TOKEN_REQUEST_URL"
	GitHubToken = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
)

// Ref says where a secret is kept. It never holds the secret.
type Ref struct {
	Kind    Kind
	Name    string   // keyring item, environment variable, key of ssh-agent, or audience
	Path    string   // file; "-" is stdin; a leading ~/ is the home folder
	Pointer string   // RFC 6901 JSON pointer into the file, "" for all of it
	Argv    []string // command or signer
	Environ []string // variables with secrets that the command is given all the same
	Public  *Ref     // the public half of a signer's key, or its certificate; else nil
	// AnyMode lifts the owner-only rule for files that are no secrets or are
	// written by a platform: certificates, projected workload tokens.
	AnyMode bool
	// Line says that the secret is one line of text, as a client secret is
	// (RFC 6749 A.2), and not a key or a document.
	Line bool
}

// ErrLiteral is returned for text that is no reference: very likely the secret itself.
var ErrLiteral = errors.New("not a secret reference (keyring:NAME, env:NAME, file:PATH)")

// ParseRef reads the one-line forms. Its errors never quote s, which may be a secret.
func ParseRef(s string) (Ref, error) {
	kind, rest, found := strings.Cut(s, ":")
	if !found {
		return Ref{}, ErrLiteral
	}
	switch Kind(kind) {
	case Keyring, Env, SSHAgent:
		if rest == "" || strings.ContainsAny(rest, "\x00\r\n") {
			return Ref{}, fmt.Errorf("%s: needs a name", kind)
		}
		return Ref{Kind: Kind(kind), Name: rest}, nil
	case File:
		path, pointer, has := strings.Cut(rest, "#")
		if path == "" {
			return Ref{}, errors.New("file: needs a path")
		}
		if has && pointer != "" && !strings.HasPrefix(pointer, "/") {
			return Ref{}, errors.New("file: what follows # must be a JSON pointer such as #/privateJwk")
		}
		return Ref{Kind: File, Path: path, Pointer: pointer}, nil
	case Command:
		return Ref{}, errors.New("command: needs a list, command: [program, argument]")
	default:
		return Ref{}, ErrLiteral
	}
}

// String is the reference as a user writes it; it holds no secret.
func (r Ref) String() string {
	switch r.Kind {
	case Keyring, Env, SSHAgent:
		return string(r.Kind) + ":" + r.Name
	case File:
		if r.Pointer != "" {
			return "file:" + r.Path + "#" + r.Pointer
		}
		return "file:" + r.Path
	case Command, SignerProgram:
		text := fmt.Sprintf("%s: [%s]", r.Kind, strings.Join(r.Argv, ", "))
		if r.Public != nil {
			text += ", public: " + r.Public.String()
		}
		if len(r.Environ) > 0 {
			text += fmt.Sprintf(", env: [%s]", strings.Join(r.Environ, ", "))
		}
		return text
	case GitHubActions:
		return string(r.Kind) + ": " + r.Name
	default:
		return ""
	}
}

// Fresh is true for a source that gives another secret at every call.
func (r Ref) Fresh() bool { return r.Kind == Command || r.Kind == GitHubActions }

// Signs is true for a key that stays where it is: what the reference resolves
// to is its public half, and a Signer is asked for signatures.
func (r Ref) Signs() bool { return r.Kind == SignerProgram || r.Kind == SSHAgent }

// IsZero is true for no reference.
func (r Ref) IsZero() bool { return r.Kind == "" }
