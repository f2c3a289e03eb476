package cmd

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"authctl/internal/fault"
	"authctl/internal/host"
	"authctl/internal/keys"
	"authctl/internal/secret"
	"authctl/internal/secretstore"
	"authctl/internal/shown"
)

// keyFlags say which key of a file is meant and what opens it.
type keyFlags struct {
	kid        string
	passphrase string
}

func (k *keyFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&k.kid, "kid", "", "the `id` of the key to take from a JWKS with several")
	cmd.Flags().StringVar(&k.passphrase, "passphrase", "", "secret `reference` to the passphrase (env:NAME, file:PATH); else it is asked for")
}

// loadKey reads the key in FILE, FILE#/json/pointer or, for -, stdin.
func (c *cli) loadKey(ctx context.Context, name string, k keyFlags) (*keys.Key, error) {
	data, err := c.readKey(ctx, name)
	if err != nil {
		return nil, err
	}
	return c.parseKey(ctx, name, data, k)
}

// readKey gives the bytes of a key file, certificate or JWKS as they are, because
// a key may be binary; or what env:NAME or ssh-agent:NAME has, where there is no such file.
func (c *cli) readKey(ctx context.Context, name string) ([]byte, error) {
	data, err := c.input(ctx, name, keys.MaxSize)
	if ref, no := secret.ParseRef(name); no == nil && ref.Kind != secret.Keyring && errors.Is(err, os.ErrNotExist) {
		text, err := c.fileSecrets().Resolve(ctx, "", ref)
		return []byte(text.Reveal()), err
	}
	if path, pointer, ok := strings.Cut(name, "#/"); ok && errors.Is(err, os.ErrNotExist) {
		ctx, cancel := c.inTime(ctx, path)
		defer cancel()
		ref := secret.Ref{Kind: secret.File, Path: path, Pointer: "/" + pointer, AnyMode: true}
		text, err := c.fileSecrets().Resolve(ctx, "", ref)
		return []byte(text.Reveal()), err
	}
	if err != nil {
		return nil, unreadable(fault.Config, name, err)
	}
	return data, nil
}

func (c *cli) parseKey(ctx context.Context, name string, data []byte, k keyFlags) (*keys.Key, error) {
	key, err := keys.Load(data, keys.Options{KID: k.kid, Passphrase: c.passphrase(ctx, name, k.passphrase)})
	if err != nil {
		var known *fault.Error
		if errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return nil, err
		}
		return nil, fault.New(fault.Config, "reading a key from %s: %w", shownName(name), err)
	}
	return key, nil
}

// passphrase gives the referenced passphrase, else asks a person for it.
func (c *cli) passphrase(ctx context.Context, name, ref string) func() (secret.Text, error) {
	return func() (secret.Text, error) {
		if ref != "" {
			return c.reference(ctx, "--passphrase", ref)
		}
		if c.sys.Prompt != nil {
			text, err := c.sys.Prompt(ctx, "passphrase of "+shownName(name))
			if !errors.Is(err, host.ErrNoTerminal) {
				return text, err
			}
		}
		return secret.Text{}, fault.New(fault.Config, "%s: %w", shownName(name), keys.ErrPassphrase).
			Hint("--passphrase env:NAME or --passphrase file:PATH")
	}
}

// reference resolves a secret reference given by a flag. Items of the keyring
// belong to profiles, so they are not for flags.
func (c *cli) reference(ctx context.Context, flag, s string) (secret.Text, error) {
	ref, err := secret.ParseRef(s)
	if err != nil || ref.Kind == secret.Keyring || ref.Signs() {
		// The text is not repeated: it may be the secret itself.
		return secret.Text{}, fault.New(fault.Usage, "%s takes a secret reference, env:NAME or file:PATH, and never the secret", flag)
	}
	ctx, cancel := c.inTime(ctx, ref.Path)
	defer cancel()
	return c.fileSecrets().Resolve(ctx, "", ref)
}

// fileSecrets resolves references that need neither profile nor keyring.
func (c *cli) fileSecrets() *secretstore.Resolver {
	return secretstore.NewResolver(secretstore.Sources{Env: c.sys.Env, Stdin: c.sys.In, Err: c.sys.Err})
}

func shownName(name string) string {
	if name == "-" {
		return "stdin"
	}
	return name
}

// warn prints one line for a person, unless --quiet.
func (c *cli) warn(format string, args ...any) {
	if !c.flags.quiet {
		s := c.sys.Screen(2)
		_ = shown.Fit(c.sys.Err, s, 2, "authctl: %s "+format+"\n", append([]any{s.Paint(shown.Yellow, "warning:")}, args...)...)
	}
}

// loadPrivateKey reads a key to sign with. A file must be its owner's alone.
func (c *cli) loadPrivateKey(ctx context.Context, name string, k keyFlags) (*keys.Key, error) {
	ref, err := secret.ParseRef(name)
	if err != nil {
		path, pointer, _ := strings.Cut(name, "#/")
		if ref = (secret.Ref{Kind: secret.File, Path: path}); pointer != "" {
			ref.Pointer = "/" + pointer
		}
	}
	if ref.Kind == secret.Keyring {
		return nil, fault.New(fault.Usage, "--key %s: an item of the keyring belongs to a profile", ref).
			Hint("set client.key to it in a profile, and leave --key out")
	}
	timed, cancel := c.inTime(ctx, ref.Path)
	defer cancel()
	if ref.Signs() {
		return keys.Of(ctx, c.fileSecrets(), "", "--key", ref, keys.Options{})
	}
	text, err := c.fileSecrets().Resolve(timed, "", ref)
	if err != nil {
		return nil, err
	}
	return c.parseKey(ctx, ref.Path, []byte(text.Reveal()), k)
}
