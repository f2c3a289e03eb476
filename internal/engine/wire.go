package engine

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"

	"authctl/internal/fault"
	"authctl/internal/files"
	"authctl/internal/shown"
)

// Wire is the way to an engine, which the caller makes.
type Wire struct {
	HTTP      http.RoundTripper // with the engine's TLS roots and the proxy
	UserAgent string
	Now       func() time.Time
	// Explain says in a person's words why url gave no answer; nil: as the error does.
	Explain func(url string, err error) string
	Note    func(line string) // for --verbose: method, address and status; nil: nobody
	// Timeout is the command's: where it is less than patience, it is how long one
	// answer is waited for. 0: patience.
	Timeout time.Duration
}

// How long an engine is waited for. A refresh token is sent within seconds of
// its claim, so that one that takes longer is as good as none.
const (
	patience   = 10 * time.Second       // in all, for one answer, and for a node that is behind to catch up
	connecting = 3 * time.Second        // of which for nobody who takes a connection, and for one of several addresses
	firstPause = 100 * time.Millisecond // between attempts; doubled up to a second
	maxAnswer  = 4 << 20
)

// wire sends requests to the addresses of one engine.
type wire struct {
	Wire
	addresses []string
	// busy is true for an answer that another attempt may not meet again; done for
	// one of those that says for certain that nothing was carried out.
	busy, done func(*answer) bool
	// find gives the address to use, -1 where none is better; nil: the first.
	find          func(ctx context.Context) int
	patience, lag time.Duration

	mu     sync.Mutex
	at     int
	known  bool
	offset time.Duration
	dated  bool
}

type request struct {
	method, path string
	header       http.Header
	body         []byte
	doing        string // "reading", for a fault
}

type answer struct {
	url    string
	status int
	body   []byte
	date   time.Time // the engine's clock, zero where it did not say
}

// Clock is how far the engine's clock is ahead of the reader's, as last seen.
func (w *wire) Clock() (offset time.Duration, known bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.offset, w.dated
}

// ask sends r until an engine answers for good: to the next address where one
// refuses the connection or hangs. lost says that an attempt may have been
// carried out whose answer never came.
func (w *wire) ask(ctx context.Context, r *request) (a *answer, lost bool, err error) {
	within, cancel := context.WithTimeout(ctx, w.patience)
	defer cancel()
	early, cancel := context.WithTimeout(ctx, connecting)
	defer cancel()
	a = &answer{}
	var said *answer // an engine's word tells more than the silence after it
	for n, pause, met := 1, firstPause, false; ; n++ {
		at := w.pick(within)
		got, sent, tried := w.try(within, w.addresses[at], r)
		var ours *fault.Error
		switch met = met || sent; {
		case errors.As(tried, &ours): // such as a certificate of the caller's that cannot be read
			return a, lost, ours
		case tried != nil:
			a.url, err, lost = w.addresses[at]+r.path, tried, lost || sent
		case !w.busy(got):
			return got, lost, nil
		default:
			said, lost = got, lost || !w.done(got)
		}
		w.leave(at)
		whole := n%len(w.addresses) == 0
		if whole && (hopeless(tried) || !met && early.Err() != nil) {
			break
		}
		if whole {
			sleep(within, pause/2+rand.N(pause))
			pause = min(2*pause, time.Second)
		}
		if within.Err() != nil {
			break
		}
	}
	switch {
	case ctx.Err() != nil && !errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return a, lost, context.Cause(ctx)
	case said != nil:
		return said, lost, nil
	}
	told := w.silent(r.doing, a.url, err)
	if ctx.Err() != nil {
		told.Err = overdue{told.Err}
	}
	return a, lost, told
}

// try sends r once. sent is false where no byte of it can have been read.
func (w *wire) try(ctx context.Context, address string, r *request) (a *answer, sent bool, err error) {
	limit := w.patience / 2
	if len(w.addresses) > 1 {
		limit = min(limit, connecting)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent = true }})
	a = &answer{url: address + r.path}
	req, err := http.NewRequestWithContext(ctx, r.method, a.url, bytes.NewReader(r.body))
	if err != nil {
		return a, false, err
	}
	for name, values := range r.header {
		req.Header[name] = values
	}
	req.Header.Set("User-Agent", w.UserAgent)
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := w.HTTP.RoundTrip(req) // which follows no redirect: the token stays with its address
	if err != nil {
		return a, sent, err
	}
	defer func() { _ = resp.Body.Close() }()
	if a.body, err = files.All(ctx, resp.Body, maxAnswer); err != nil {
		return a, true, err
	}
	a.status = resp.StatusCode
	a.date, _ = http.ParseTime(resp.Header.Get("Date"))
	w.saw(r.method, a)
	return a, true, nil
}

// saw notes what an answer tells of the engine's clock, in the middle of the
// second that Date names.
func (w *wire) saw(method string, a *answer) {
	if w.Note != nil {
		w.Note(shown.Sprintf("store: %s %s: %d", method, a.url, a.status))
	}
	if a.date.IsZero() {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.offset, w.dated = a.date.Add(time.Second/2).Sub(w.Now()), true
}

func (w *wire) pick(ctx context.Context) int {
	w.mu.Lock()
	known, at := w.known || w.find == nil || len(w.addresses) == 1, w.at
	w.mu.Unlock()
	if known {
		return at
	}
	found := w.find(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.known = true; found >= 0 {
		w.at = found
	}
	return w.at
}

// forget has the address be found anew.
func (w *wire) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.known = false
}

// leave goes on to the next address.
func (w *wire) leave(at int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at, w.known = (at+1)%len(w.addresses), false
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// ageOf is how old what was written at that time is, by the engine's own clock.
func (a *answer) ageOf(written time.Time) time.Duration {
	if a.date.IsZero() || written.IsZero() {
		return -1
	}
	return max(0, a.date.Sub(written))
}
