package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// memo asks for each secret once: a command or a keyring must not be bothered
// for every check that needs the same key.
type memo struct {
	from     secret.Resolver
	commands bool
	offline  bool
	known    map[string]resolved
}

// errNotRun stands for what a program would have said.
var errNotRun = errors.New("not run; --run-commands runs it")

// errNotAsked is a secret that comes over the network.
var errNotAsked = errors.New("--offline: it was not asked for")

type resolved struct {
	text secret.Text
	err  error
}

// Resolve makes memo a secret.Resolver.
func (m *memo) Resolve(ctx context.Context, profileName string, ref secret.Ref) (secret.Text, error) {
	if r, ok := m.known[name(ref)]; ok {
		return r.text, r.err
	}
	var text secret.Text
	var err error
	switch {
	case ref.Kind == secret.Command && !m.commands:
		err = errNotRun
	case ref.Kind == secret.GitHubActions && m.offline:
		err = errNotAsked
	default:
		text, err = m.from.Resolve(ctx, profileName, ref)
	}
	if m.known == nil {
		m.known = map[string]resolved{}
	}
	m.known[name(ref)] = resolved{text, err}
	return text, err
}

// Sign makes memo a secret.Signer.
func (m *memo) Sign(ctx context.Context, ref secret.Ref, what secret.ToSign) ([]byte, error) {
	signer, ok := m.from.(secret.Signer)
	if !ok || !m.commands {
		return nil, errNotRun
	}
	return signer.Sign(ctx, ref, what)
}

// missing is true when one of refs was asked for and could not be had: then
// what rests on it was explained already.
func (m *memo) missing(refs ...secret.Ref) bool {
	return slices.ContainsFunc(refs, func(ref secret.Ref) bool {
		r, ok := m.known[name(ref)]
		return ok && r.err != nil
	})
}

// name tells apart what is read from one file under different rules.
func name(ref secret.Ref) string { return fmt.Sprint(ref.AnyMode, ref.Line, " ", ref) }

func (e *exam) secrets(ctx context.Context) {
	refs := e.p.Refs()
	if len(refs) == 0 {
		e.skip("secrets", "the profile refers to none")
	}
	for _, at := range refs {
		done := e.Busy("reading " + at.Path)
		e.secret(ctx, at, done)
	}
}

// secret resolves one reference; done ends the wait before anything is said.
func (e *exam) secret(ctx context.Context, at profile.RefAt, done func()) {
	if at.Path == "exchange.subject_token" && e.p.AsksSTS() {
		done()
		e.skip(at.Path, "the service of sts.url is asked for it")
		return
	}
	if at.Ref.Kind == secret.File && at.Ref.Path == "-" {
		done()
		e.skip(at.Path, "file:- is stdin, which doctor does not read")
		return
	}
	if !e.used(at.Path) {
		done()
		e.skip(at.Path, "client.auth %s does not use it", e.p.Client.Auth)
		return
	}
	text, err := e.memo.Resolve(ctx, e.p.Name, at.Ref)
	done()
	switch {
	case errors.Is(err, errNotRun), errors.Is(err, errNotAsked):
		e.skip(at.Path, "%s: %s", at.Ref, err)
	case err != nil && strings.HasPrefix(at.Path, "exchange.") && !e.p.GrantType().Trades:
		e.warn(at.Path, err.Error(), "only authctl exchange needs it; --subject-token names another")
	case err != nil:
		e.fail(at.Path, err)
	case text.IsZero():
		e.fail(at.Path, fault.New(fault.Config, "%s is empty", at.Ref))
	case at.Path == "client.secret" && strings.TrimSpace(text.Reveal()) != text.Reveal():
		e.warn(at.Path, at.Ref.String()+" begins or ends with white space", "if that was copied by mistake, store client.secret again: authctl secret set NAME -p "+e.p.Name)
	case at.Ref.Line && secret.BeyondASCII(text):
		e.warn(at.Path, at.Ref.String()+" has characters beyond ASCII (RFC 6749 A.2)", "if the server refuses the client, ask the provider for a secret of ASCII characters: not every server reads others alike")
	default:
		e.ok(at.Path, "%s is there", at.Ref)
	}
}

// used is false for a proof that client.auth does not send: presets name one
// that a profile may have replaced.
func (e *exam) used(path string) bool {
	signs := e.p.Login.RequestObject != nil && slices.Contains(profile.KeyFields(), path)
	asks := e.p.STS.URL != "" && slices.Contains([]string{e.p.STSKey().Path, e.p.STSKeyPassphrase().Path, e.p.STSCertificate().Path}, path)
	return !strings.HasPrefix(path, "client.") || e.p.Client.Method().Uses(path) || signs || asks
}
