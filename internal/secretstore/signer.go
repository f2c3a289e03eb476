package secretstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/secret"
	"authctl/internal/shown"
)

// Sign asks ssh-agent, or runs the program of a signer: reference without a
// shell, in the environment of command: programs. It is fault.Network when it
// takes longer than ctx or commandLimit allows, else fault.Config when it fails.
func (r *Resolver) Sign(ctx context.Context, ref secret.Ref, what secret.ToSign) ([]byte, error) {
	if ref.Kind == secret.SSHAgent {
		return r.signByAgent(ctx, ref.Name, what)
	}
	if len(ref.Argv) == 0 {
		return nil, fault.New(fault.Config, "signer: is an empty list")
	}
	name := filepath.Base(ref.Argv[0])
	limit, cancel := context.WithTimeout(ctx, commandLimit)
	defer cancel()
	var out, said firstLine
	c := exec.CommandContext(limit, ref.Argv[0], ref.Argv[1:]...)
	c.Env = append(secret.Withheld(c.Environ(), r.hidden(), ref.Environ), "AUTHCTL_SIGN_ALG="+what.Alg, "AUTHCTL_SIGN_HASH="+what.Hash)
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(what.Digest), &out, &said
	c.WaitDelay = commandGrace
	err := c.Run()
	switch {
	case limit.Err() != nil && ctx.Err() == nil:
		return nil, fault.New(fault.Network, "the signer %s did not end within %s", name, commandLimit).
			Hint("run it by itself: does it wait for a PIN or for a device?")
	case ctx.Err() != nil: // the cause says which limit it was, if it was one
		return nil, fmt.Errorf("waiting for the signer %s: %w", name, context.Cause(ctx))
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return nil, r.withheld(ref, fault.New(fault.Config, "the signer %s failed: %w%s", name, err, r.complaint(ref, &said)))
	}
	return out.b.Bytes(), nil
}

// complaint is what a program wrote to stderr, without the secrets that env gave it.
func (r *Resolver) complaint(ref secret.Ref, said *firstLine) string {
	text := said.b.String()
	for _, name := range ref.Environ {
		if value, ok := r.from.Env(name); ok && value != "" {
			text = strings.ReplaceAll(text, value, "[secret]")
		}
	}
	if text = shown.Clean(strings.Join(strings.Fields(text), " ")); text != "" {
		return ": " + text
	}
	return ""
}
