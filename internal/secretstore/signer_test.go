package secretstore

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

// TestTheSignersProgram gets the message on stdin and is named in one line when it fails.
func TestTheSignersProgram(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs the programs of a Unix")
	}
	t.Setenv("PIN", "1234-canary")
	env := func(name string) (string, bool) { return "1234-canary", name == "PIN" }
	r := NewResolver(Sources{Env: env, Hidden: func() []string { return []string{"PIN"} }})
	run := func(ctx context.Context, script string, given ...string) (string, error) {
		ref := secret.Ref{Kind: secret.SignerProgram, Argv: []string{"/bin/sh", "-c", script}, Environ: given}
		out, err := r.Sign(ctx, ref, secret.ToSign{Alg: "RS256", Hash: "SHA256", Digest: []byte("dig\x00est")})
		return string(out), err
	}
	if got, err := run(t.Context(), `printf %s "$AUTHCTL_SIGN_ALG:$AUTHCTL_SIGN_HASH$PIN:"; cat`); err != nil || got != "RS256:SHA256:dig\x00est" {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := run(t.Context(), `printf %s "$PIN"`, "PIN"); err != nil || got != "1234-canary" {
		t.Errorf("%q, %v", got, err)
	}
	_, err := run(t.Context(), `printf 'no\ntoken \033[31m'"$PIN" >&2; exit 1`, "PIN")
	if fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), "no token") || strings.ContainsAny(err.Error(), "\n\x1b") || strings.Contains(err.Error(), "canary") {
		t.Errorf("%q", err)
	}
	if got, err := run(t.Context(), `head -c 30000000 /dev/zero`); err != nil || len(got) > maxFile {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	late := errors.New("late")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, late)
	defer cancel()
	if _, err := run(ctx, "exec sleep 30"); !errors.Is(err, late) {
		t.Errorf("%v", err)
	}
}
