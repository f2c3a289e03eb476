package login

import (
	"context"
	"errors"
	"io"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/secret"
)

// Limit is how long a person is waited for (docs/login.md).
const Limit = 5 * time.Minute

// silent is how long nobody comes before a person is shown the address that was opened.
const silent = 3 * time.Second

// pageLimit is how long the browser is given to take its page before the port closes.
const pageLimit = 2 * time.Second

// farewell is pageLimit after Ctrl-C, which must end everything at once.
const farewell = 100 * time.Millisecond

// Browser opens a URL where a person sees it.
type Browser interface {
	Open(ctx context.Context, url string) error
}

// Pushed is the answer to a pushed authorization request (RFC 9126 2.2).
type Pushed struct {
	RequestURI string
	ExpiresIn  time.Duration
}

// Code is what the browser brought, with what must be sent along to redeem it.
type Code struct {
	Value       secret.Text
	Verifier    secret.Text // RFC 7636 4.5
	RedirectURI string      // as in the authorization request (RFC 6749 4.1.3)
	Nonce       string      // what the id_token must hold
}

// Flow is one login by authorization code.
type Flow struct {
	Browser  Browser // nil: the person opens the address
	Why      string  // why there is no browser, said before the address
	Remote   bool    // the person's browser is on another machine (SSH)
	Here     bool    // this machine has a browser, and the person is at it
	Terminal Terminal
	Rand     io.Reader
	Limit    time.Duration
	// Push sends the parameters to the server first (RFC 9126); nil, and the
	// error ErrNotPushed: they go by the browser.
	Push func(ctx context.Context, params []endpoint.Param) (Pushed, error)
	// Sign puts the parameters of a request that goes by the browser into a request
	// object (RFC 9101); nil: they go as they are.
	Sign func(ctx context.Context, params []endpoint.Param) ([]endpoint.Param, error)
	// Paste is where a redirected address is read from; nil: nowhere.
	Paste     io.Reader
	PasteLive bool // Paste is a terminal: a wrong line may be corrected
}

// ErrNotPushed is a Push that the server does not take, and need not.
var ErrNotPushed = errors.New("the request is not pushed")

// errTooLate tells the limit from every other end of a context.
var errTooLate = errors.New("nobody logged in")

// WayBack is an error when nothing that the browser ends at could reach this
// flow: the redirect is not ours, and nobody may paste.
func (f Flow) WayBack(r Redirect) error {
	if r.Loopback() || f.Paste != nil {
		return nil
	}
	return fault.New(fault.Usage, "login.redirect_uri %s does not lead back to this machine", r.uri.Redacted()).
		Hint("add --paste and paste the address that the browser ends at").
		Hint("or register http://127.0.0.1/callback and set login.redirect_uri: http://127.0.0.1:0/callback")
}

// Run asks for a code and gives it to redeem, at most once. What redeem
// returns decides the page that the browser shows; then the port is closed.
// Errors are faults; the context's own error means that it was interrupted.
func (f Flow) Run(ctx context.Context, r Request, redeem func(context.Context, Code) error) error {
	if err := f.WayBack(r.Redirect); err != nil {
		return err
	}
	rnd, err := newRandoms(f.Rand)
	if err != nil {
		return fault.New(fault.Internal, "%w", err)
	}
	port, back, read := 0, (*callback)(nil), r.reader(rnd.state)
	if r.Redirect.Loopback() {
		l, err := listen(ctx, r.Redirect)
		if err != nil {
			return err
		}
		defer l.close()
		port = l.port
		back = newCallback(r.Redirect, port, read, pages{r.Profile, r.host()})
		l.serve(back)
	}
	target := r.Redirect.at(port)
	remind, err := f.send(ctx, r, back, target, port, rnd)
	if err != nil {
		return err
	}
	a, err := f.await(ctx, r, back, target, read, remind)
	if err != nil {
		return err
	}
	if err = r.check(a); err == nil {
		err = redeem(ctx, Code{Value: a.code, Verifier: rnd.verifier, RedirectURI: target, Nonce: rnd.nonce})
	}
	back.finish(ctx, err)
	return err
}

// send builds the authorize URL, by way of a pushed request where there is
// one, and gets it in front of the person; remind is said when nobody comes.
func (f Flow) send(ctx context.Context, r Request, back *callback, target string, port int, rnd randoms) (remind func(), err error) {
	params, pushed, err := f.sent(ctx, r, target, rnd)
	if err != nil {
		return nil, err
	}
	address, err := r.address(params)
	if err != nil {
		return nil, err
	}
	opening, cancel := back.untilAnswer(ctx)
	defer cancel()
	return f.present(opening, r, offer{address, f.short(r, back, address, rnd.short), port, pushed.ExpiresIn}), nil
}

// sent is what the browser carries: the reference to a pushed request, a request
// object, or the request itself.
func (f Flow) sent(ctx context.Context, r Request, target string, rnd randoms) ([]endpoint.Param, Pushed, error) {
	if f.Push != nil {
		proven := r
		proven.DPoPThumbprint = "" // the proof of the pushed request binds the code (RFC 9449 10.1)
		pushed, err := f.Push(ctx, proven.params(target, rnd))
		if !errors.Is(err, ErrNotPushed) {
			// RFC 9126 4: client_id and request_uri are all that remains.
			return []endpoint.Param{{Name: "client_id", Value: r.ClientID}, {Name: "request_uri", Value: pushed.RequestURI}}, pushed, err
		}
	}
	params := r.params(target, rnd)
	if f.Sign == nil {
		return params, Pushed{}, nil
	}
	params, err := f.Sign(ctx, params)
	return params, Pushed{}, err
}

// await returns the first true answer, from the listener or from a paste.
func (f Flow) await(ctx context.Context, r Request, back *callback, target string, read reader, remind func()) (answer, error) {
	limited, cancel := context.WithTimeoutCause(ctx, f.Limit, errTooLate)
	defer cancel()
	var fromBrowser <-chan answer
	if back != nil {
		fromBrowser = back.answers
	}
	var fromPerson <-chan pasted
	if f.Paste != nil {
		fromPerson = f.readPasted(limited, f.Paste, target, read)
	}
	stop := f.waiting(limited, r, f.Limit)
	defer func() { stop() }()
	silence := time.NewTimer(silent)
	defer silence.Stop()
	for {
		select {
		case a := <-fromBrowser:
			return a, nil
		case p := <-fromPerson:
			return p.answer, p.err
		case <-silence.C:
			switch {
			case remind == nil:
			case f.Terminal.Live:
				stop()
				remind()
				stop = f.waiting(limited, r, f.Limit-silent)
			default:
				remind()
			}
		case <-limited.Done():
			if errors.Is(context.Cause(limited), errTooLate) {
				return answer{}, f.tooLate(back, target)
			}
			return answer{}, limited.Err()
		}
	}
}

// waiting shows how long the person still has.
func (f Flow) waiting(ctx context.Context, r Request, left time.Duration) (stop func()) {
	if f.Paste != nil && f.PasteLive { // a repainted line would eat what is typed
		return func() {}
	}
	return f.Terminal.Waiting(ctx, "the login at "+r.host(), left)
}

// tooLate names the redirect URI first: one that is not registered shows only
// on the server's page, because the server must not redirect to it (RFC 6749
// 4.1.2.1).
func (f Flow) tooLate(back *callback, target string) error {
	err := fault.New(fault.Login, "%w within %s", errTooLate, plain(f.Limit)).
		Hint("if the server's page complained of the redirect URI: register %s with the server, or set login.redirect_uri to the one that is", target)
	if n := back.refusals(); n > 0 {
		last := ""
		if why := back.why.Load(); why != nil {
			last = "; the last one: " + (*why).Error()
		}
		err = err.Hint("what came to the redirect address was no answer to this login (requests: %d%s); "+
			"log in with the address of this run, not an older one", n, last)
	}
	if f.Browser != nil {
		return err.Hint("--timeout 10m waits longer, --no-browser shows the address, and login-device, where the server offers it, needs no browser here")
	}
	return err.Hint("--timeout 10m waits longer, and login-device, where the server offers it, needs no browser here")
}
