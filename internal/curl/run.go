package curl

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"authctl/internal/fault"
	"authctl/internal/files"
	"authctl/internal/secret"
)

// stale is how little life makes a token that this run already used not worth
// using for its next request.
const stale = 5 * time.Second

// maxGathered is the largest body from stdin that is kept for a second attempt.
const maxGathered = 16 << 20

// writeError is curl's own code for output that could not be written.
const writeError = 23

// runner is one Job under way.
type runner struct {
	Job
	dumps map[string]io.WriteCloser
	have  Token            // the token of the last request, unless it was for one use
	nonce string           // the API's last DPoP-Nonce (RFC 9449 8.2)
	stdin func() io.Reader // for one attempt
	at    places
}

// Run makes the requests one after the other and returns curl's exit code, the
// last request's, as curl itself does. An error means that authctl could not
// go on: wrong usage, no token, a canceled ctx.
func (j Job) Run(ctx context.Context) (code int, err error) {
	all, err := j.plan(ctx, true)
	if err != nil {
		return 0, err
	}
	r := &runner{Job: j, dumps: map[string]io.WriteCloser{}, at: findPlaces(userDescriptors(), all)}
	defer func() { err = errors.Join(err, r.closeDumps()) }()
	for _, t := range all {
		if code, err = r.request(ctx, t); err != nil {
			return code, err
		}
		if code != 0 && has(t.options, "fail-early") {
			return code, nil
		}
	}
	return code, nil
}

// token is the one for the next request.
func (r *runner) token(ctx context.Context, refused secret.Text) (Token, error) {
	usable := !r.have.Access.IsZero() && (r.have.Expires.IsZero() || r.have.Expires.Sub(r.Now()) > stale)
	if usable && refused.IsZero() && !r.SingleUse {
		return r.have, nil
	}
	tok, err := r.Tokens.Token(ctx, refused)
	if err != nil {
		return Token{}, err
	}
	r.have = tok
	return tok, nil
}

// request is one request with at most one repeat for a DPoP nonce and one for
// a kept token that the API no longer takes.
func (r *runner) request(ctx context.Context, t transfer) (int, error) {
	tok, err := r.token(ctx, secret.Text{})
	if err != nil {
		return 0, err
	}
	r.stdin = func() io.Reader { return r.In }
	may := repeats{}
	if !r.ByStdin { // a response's head needs a pipe of its own
		may = r.mayRepeat(t, tok)
		may.nonce = may.nonce || r.gather(ctx, t)
	}
	for {
		out, err := r.attempt(ctx, t, tok, may)
		if err != nil {
			return 0, err
		}
		if ctx.Err() != nil {
			return 0, fault.New(fault.Interrupted, "interrupted: %w", context.Cause(ctx))
		}
		tok, may = r.next(ctx, t, tok, out, may)
		if !may.again {
			return r.finish(out), nil
		}
	}
}

// mayRepeat: a DPoP nonce can be answered, and a kept token replaced, when a
// second run would send the same.
func (r *runner) mayRepeat(t transfer, tok Token) repeats {
	again := t.repeatable && !r.NoRepeat
	return repeats{nonce: again && r.Prover != nil, renew: again && r.Renew && tok.Kept && !r.SingleUse}
}

// gather keeps a body that comes from stdin, when a nonce is sure to be missed:
// an API that demands one would else never take such a request. curl has the
// body in memory as well; a larger one than maxGathered is sent, not kept.
func (r *runner) gather(ctx context.Context, t transfer) bool {
	if r.Prover == nil || r.nonce != "" || !t.gathers || r.NoRepeat || r.In == nil {
		return false
	}
	body, err := files.First(ctx, r.In, maxGathered+1)
	if ctx.Err() != nil {
		return false // and no attempt follows
	}
	if err != nil || len(body) > maxGathered {
		r.stdin = func() io.Reader { return io.MultiReader(bytes.NewReader(body), r.In) }
		return false
	}
	r.stdin = func() io.Reader { return bytes.NewReader(body) }
	return true
}

// finish prints what was held back and says how it went in curl's own terms.
func (r *runner) finish(out outcome) int {
	if err := out.gate.finish(); err != nil {
		r.warn("writing the output: " + err.Error())
		if out.code == 0 {
			return writeError
		}
	}
	return out.code
}

// repeats is what a request may still be repeated for.
type repeats struct{ nonce, renew, again bool }

// next decides whether the answer asks for another attempt, and with which token.
func (r *runner) next(ctx context.Context, t transfer, tok Token, out outcome, may repeats) (Token, repeats) {
	may.again = false
	body, held := out.gate.kept()
	if out.answer.nonce != "" {
		r.nonce = out.answer.nonce
	}
	renew := false
	switch {
	case !held || out.answer.status != 401:
		return tok, may
	case may.nonce && out.answer.wantsNonce():
		may.nonce = false
		renew = r.SingleUse // the refused request may have spent it
	case may.renew && !r.aboutSomethingElse(t, body):
		may.renew = false
		renew = true
	default:
		return tok, may
	}
	if renew {
		fresh, err := r.token(ctx, tok.Access)
		if err != nil {
			r.warn("the API refused the token, and there is no new one: " + err.Error())
			return tok, may
		}
		tok = fresh
	}
	may.again = true
	return tok, may
}

func (r *runner) warn(message string) {
	if r.Warn != nil {
		r.Warn(message)
	}
}

// aboutSomethingElse looks for the profile's api.keep_on in the 401's body.
func (r *runner) aboutSomethingElse(t transfer, body []byte) bool {
	if t.toFile && t.output != "" {
		body = beginning(t.output)
	}
	for _, text := range r.KeepOn {
		if text != "" && bytes.Contains(body, []byte(text)) {
			return true
		}
	}
	return false
}

func beginning(path string) []byte {
	b, _, _ := files.Wanted{Max: maxHeld, Cut: true}.Read(context.Background(), path) // a regular file: nothing to wait for
	return b
}

// proof is the DPoP proof of one request: htu without query and fragment (RFC 9449 4.2).
func (r *runner) proof(ctx context.Context, t transfer, access secret.Text) (string, error) {
	if r.Prover == nil {
		return "", nil
	}
	htu := t.url
	if i := strings.IndexAny(htu, "?#"); i >= 0 {
		htu = htu[:i]
	}
	return r.Prover.Proof(ctx, t.method, htu, access, r.nonce)
}
