package curl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/files"
)

// outcome is what one run of curl came to.
type outcome struct {
	code   int
	answer answer
	gate   *gate
}

// attempt is one run of curl.
func (r *runner) attempt(ctx context.Context, t transfer, tok Token, may repeats) (outcome, error) {
	proof, err := r.proof(ctx, t, tok.Access)
	if err != nil {
		return outcome{}, err
	}
	config, err := r.config(t, tok, proof)
	if err != nil {
		return outcome{}, err
	}
	p := process{
		program: r.Program, environ: r.Environ, hidden: r.SecretNames,
		in: r.stdin(), out: r.Out, err: r.Err, config: config, places: r.at,
	}
	x := extras{config: descriptorName(r.at.config), terminal: r.Terminal, dpop: r.Prover != nil}
	if r.ByStdin {
		p.in, p.config = strings.NewReader(config), ""
		x.config, x.dump = "-", t.dump
		p.argv = t.argv(x)
		code, err := p.run(ctx)
		return outcome{code: code, gate: &gate{open: true}}, err
	}
	dump, err := r.dump(ctx, t.dump)
	if err != nil {
		return outcome{}, err
	}
	return r.watched(ctx, t, p, x, dump, may)
}

// watched runs curl with the gate between it and the user where the answer may
// be thrown away. Where it cannot be, curl writes straight to the user's own
// stdout and stderr.
func (r *runner) watched(ctx context.Context, t transfer, p process, x extras, dump io.Writer, may repeats) (outcome, error) {
	x.hold = may.nonce || may.renew
	// With -D - the head goes before the body into one stream, so the body waits for it.
	g := &gate{out: r.Out, errs: r.Err, dump: dump, open: !x.hold && t.dump != "-"}
	g.mayHold = func(a answer) bool { return a.status == 401 && (may.renew || may.nonce && a.wantsNonce()) }
	var seen answer
	if x.hold || dump != nil || r.Prover != nil {
		x.dump = descriptorName(r.at.heads)
		h := &heads{follows: t.follows, sink: g.head, final: g.decide}
		p.heads = func(from io.Reader) { seen = h.read(from) }
	}
	if !g.open {
		p.out = g.stdout()
	}
	if x.hold && (t.fails || has(t.options, "fail-with-body")) {
		p.err = g.stderr() // "curl: (22) ... 401" is about an answer that may be thrown away
		if x.fails = len(r.KeepOn) > 0 && t.gateCanFail(); x.fails {
			g.dropFrom = failing
		}
	}
	p.argv = t.argv(x)
	code, err := p.run(ctx)
	if x.fails && code == 0 && seen.status >= failing {
		code = failed
		if has(t.options, "show-error") || !has(t.options, "silent") {
			_, _ = fmt.Fprintf(g.stderr(), "curl: (%d) The requested URL returned error: %d\n", failed, seen.status)
		}
	}
	return outcome{code: code, answer: seen, gate: g}, err
}

// What -f means to curl: the exit code failed for a status from failing on.
const (
	failing = 400
	failed  = 22
)

// dump is where the user's -D goes: one file for all requests of this run, as
// one run of curl would write it.
func (r *runner) dump(ctx context.Context, path string) (io.Writer, error) {
	if path == "" {
		return nil, nil
	}
	if path == "-" {
		return r.Out, nil
	}
	if w, ok := r.dumps[path]; ok {
		return w, nil
	}
	if r.Wait > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.Wait)
		defer cancel()
	}
	f, err := files.Create(ctx, path)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("waiting for %s: %w", shown(path), err)
	}
	if err != nil {
		return nil, fault.New(fault.Usage, "curl's -D: %w", err)
	}
	r.dumps[path] = f
	return f, nil
}

func (r *runner) closeDumps() error {
	var all error
	for _, f := range r.dumps {
		all = errors.Join(all, f.Close())
	}
	return all
}
