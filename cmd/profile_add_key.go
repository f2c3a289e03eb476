package cmd

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"authctl/internal/config/draft"
	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/secret"
)

// file is the answer to the question for a private key or a certificate as a
// reference. A path becomes file:PATH, and what is there is opened at once: a profile
// whose key is not there, or is none, would only fail later.
func (a *asker) file(ctx context.Context, profileName string, q draft.Question, text string) (string, error) {
	open := a.open
	switch {
	case q.IsCertificate():
		open = a.openCertificate
	case !q.IsKey():
		return text, nil
	}
	ref, err := secret.ParseRef(text)
	if errors.Is(err, secret.ErrLiteral) && mayBePath(text) {
		if ref, err = pathRef(text); err != nil {
			return "", err
		}
	}
	if err != nil || ref.Kind != secret.File || ref.Path == "-" || relative(ref.Path) {
		return text, nil // Answer knows what is wrong with it, if anything is
	}
	err = open(ctx, profileName, ref)
	var inside *keys.InsideError
	if errors.As(err, &inside) && ref.Pointer == "" {
		ref.Pointer = inside.Pointer
		if !a.agreed(ctx, "it is JSON with a key inside; take "+ref.String()+"?") {
			return "", fault.New(fault.Usage, "%s: %w", text, err).Hint("answer %s", ref)
		}
		err = open(ctx, profileName, ref)
	}
	if err != nil {
		return "", err
	}
	return ref.String(), nil
}

// mayBePath is true for what can be meant as a path. A key itself is none.
func mayBePath(text string) bool {
	return !strings.HasPrefix(text, "-----BEGIN") && !strings.HasPrefix(text, "{")
}

// pathRef is the reference to a file that was typed as a path, from the current
// folder where it is relative: the profile is another folder's.
func pathRef(text string) (secret.Ref, error) {
	path, pointer, inside := strings.Cut(text, "#/")
	if relative(path) {
		full, err := filepath.Abs(path)
		if err != nil {
			return secret.Ref{}, fault.New(fault.Config, "finding the file: %w", err)
		}
		if _, err := os.Stat(full); err != nil && !strings.HasPrefix(path, ".") { // it may be the key: not repeated
			return secret.Ref{}, fault.New(fault.Usage, "there is no file of that name in this folder: the answer is the path of a file, and never the key itself")
		}
		path = full
	}
	ref := secret.Ref{Kind: secret.File, Path: path}
	if inside {
		ref.Pointer = "/" + pointer
	}
	return ref, nil
}

func relative(path string) bool {
	return !filepath.IsAbs(path) && !strings.HasPrefix(path, "~/")
}

// read is what ref leads to.
func (a *asker) read(ctx context.Context, profileName string, ref secret.Ref) ([]byte, error) {
	value, err := a.app.Secrets().Resolve(ctx, profileName, ref)
	var f *fault.Error
	if errors.As(err, &f) && f.Kind == fault.Config {
		f.Kind = fault.Usage // the answer is wrong, and no file of ours
	}
	return []byte(value.Reveal()), err
}

// openCertificate reads the certificate that ref leads to.
func (a *asker) openCertificate(ctx context.Context, profileName string, ref secret.Ref) error {
	ref.AnyMode = true
	text, err := a.read(ctx, profileName, ref)
	if err != nil {
		return err
	}
	if _, err := keys.Certificates(text, keys.Options{}); err != nil && !errors.Is(err, keys.ErrPassphrase) {
		return fault.New(fault.Usage, "%s: %w", ref, err)
	}
	return nil
}

// open reads the private key that ref leads to. An encrypted one is one.
func (a *asker) open(ctx context.Context, profileName string, ref secret.Ref) error {
	text, err := a.read(ctx, profileName, ref)
	if err != nil {
		return err
	}
	key, err := keys.Load(text, keys.Options{Passphrase: func() (secret.Text, error) {
		return secret.Text{}, keys.ErrPassphrase
	}})
	switch {
	case errors.Is(err, keys.ErrPassphrase):
		a.c.say("note: the key is encrypted: set client.key_passphrase in the profile")
		return nil
	case err != nil:
		return fault.New(fault.Usage, "%s: %w", ref, err).Hint("authctl kid FILE shows what a key file holds")
	case key.Signer == nil && key.Oct == nil:
		return fault.New(fault.Usage, "%s has a public key or a certificate and no private key", ref)
	}
	return nil
}
