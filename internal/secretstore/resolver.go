package secretstore

import (
	"context"
	"errors"
	"io"
	"sync"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

// Sources is where a Resolver looks.
type Sources struct {
	Ring  *Ring
	Env   func(string) (string, bool)
	Stdin io.Reader // for file:-
	Err   io.Writer // the stderr of command: references; nil discards it
	Vault Vault     // secrets too large for the keyring; nil: none
	// Job asks GitHub for the JWT of this job; see fromGitHub. nil: nobody can be asked.
	Job func(ctx context.Context, url string, bearer secret.Text) (body []byte, err error)
	// Hidden are the variables that hold secrets and are kept from command:
	// programs which do not name them; nil: none.
	Hidden func() []string
}

// Vault keeps what does not fit into an item of the platform's keyring. An
// absent secret is ErrAbsent.
type Vault interface {
	// Chosen is true where it also takes what a keyring would, there being none.
	Chosen() bool
	Get(ctx context.Context, profile, name string) (secret.Text, error)
	Set(ctx context.Context, profile, name string, value secret.Text) error
	Delete(ctx context.Context, profile, name string) error
}

// Resolver turns references into secrets. It reads nothing before it is asked.
type Resolver struct {
	from Sources

	mu     sync.Mutex
	stream map[string][]byte // stdin and pipes give their bytes once
}

// NewResolver looks in from.
func NewResolver(from Sources) *Resolver { return &Resolver{from: from, stream: map[string][]byte{}} }

// Resolve returns the secret that ref of the named profile points to, without
// one trailing newline. Missing or unreadable, or no Line where ref must be
// one, is fault.Config; a keyring that is absent, locked or silent is
// fault.Store. No error quotes a value.
func (r *Resolver) Resolve(ctx context.Context, profile string, ref secret.Ref) (secret.Text, error) {
	raw, err := r.raw(ctx, profile, ref)
	if err != nil {
		return secret.Text{}, fault.In(profile, err)
	}
	if !ref.Line {
		return raw, nil
	}
	line, err := Line(raw)
	if err != nil {
		f := fault.New(fault.Config, "%s cannot be the secret: %w", ref, err).Hint("a client secret is one line of text (RFC 6749 A.2)")
		if ref.Kind == secret.Keyring {
			f = f.Hint("authctl secret set %s -p %s keeps another", ref.Name, profile)
		}
		return secret.Text{}, fault.In(profile, f)
	}
	return line, nil
}

// raw is what ref points to.
func (r *Resolver) raw(ctx context.Context, profile string, ref secret.Ref) (secret.Text, error) {
	switch ref.Kind {
	case secret.Keyring:
		return r.fromKeyring(ctx, profile, ref.Name)
	case secret.Env:
		return r.fromEnv(ref.Name)
	case secret.File:
		return r.fromFile(ctx, ref)
	case secret.Command:
		return r.fromCommand(ctx, ref)
	case secret.SignerProgram:
		return r.raw(ctx, profile, *ref.Public)
	case secret.SSHAgent:
		_, key, err := r.fromAgent(ctx, ref.Name)
		if err != nil {
			return secret.Text{}, err
		}
		text, err := key.PublicPEM()
		return secret.New(string(text)), err
	case secret.GitHubActions:
		return r.fromGitHub(ctx, ref.Name)
	default:
		return secret.Text{}, fault.New(fault.Config, "a secret reference is missing")
	}
}

func (r *Resolver) fromEnv(name string) (secret.Text, error) {
	v, ok := r.from.Env(name)
	if !ok {
		return secret.Text{}, fault.New(fault.Config, "the environment variable %s is not set", name).
			Hint("set %s in the environment, or give another reference", name)
	}
	if v == "" {
		return secret.Text{}, fault.New(fault.Config, "the environment variable %s is empty", name).
			Hint("give it its value, or unset it: CI systems hand out an empty one for a secret that they do not have")
	}
	return secret.New(stripNewline(v)), nil
}

func (r *Resolver) fromKeyring(ctx context.Context, profile, name string) (secret.Text, error) {
	if v := OverrideName(profile, name); r.has(v) {
		return r.fromEnv(v)
	}
	t, _, err := r.stored(ctx, profile, name)
	if err != nil {
		return secret.Text{}, describe(profile, name, err)
	}
	return secret.New(stripNewline(t.Reveal())), nil
}

func (r *Resolver) has(variable string) bool {
	_, ok := r.from.Env(variable)
	return ok
}

// describe makes the fault for a keyring item and names the way out.
func describe(profile, name string, err error) error {
	var known *fault.Error
	if errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	if errors.Is(err, ErrAbsent) {
		return fault.New(fault.Config, "the secret keyring:%s is not stored: %w", name, err).
			Hint("authctl secret set %s --profile %s", name, profile).
			Hint("or set %s in the environment", OverrideName(profile, name))
	}
	f := fault.New(fault.Store, "the secret keyring:%s could not be read: %w", name, err)
	if errors.Is(err, ErrLocked) {
		f = f.Hint("unlock it, on a desktop in \"Passwords and Keys\" or with: secret-tool search --unlock service %s", Service(profile))
	}
	if unusable(err) {
		f = f.Hint("%s; then authctl secret set %s -p %s", sealInstead, name, profile)
	}
	return f.Hint("set %s in the environment, or use an env: or file: reference in the profile", OverrideName(profile, name))
}

// Service is the keyring service under which a profile's secrets are found by
// other tools: `secret-tool search service authctl/NAME`.
func Service(profile string) string { return "authctl/" + profile }

// OverrideName is the environment variable that stands in for keyring:name of
// a profile: upper case, and _ for every character outside A-Z and 0-9. Names
// that differ only there share a variable: my-app and my_app do.
func OverrideName(profile, name string) string {
	return secret.VariablePrefix + secret.EnvWord(profile) + "_" + secret.EnvWord(name)
}
