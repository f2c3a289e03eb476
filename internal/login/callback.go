package login

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// callback answers the browser that comes back. It lets exactly one answer
// through, and the browser that brought it waits for the outcome, so that the
// page tells the truth about the whole login and not just about the redirect.
type callback struct {
	host    string // the Host a browser sends that was sent here
	path    string
	read    reader
	page    pages
	taken   atomic.Bool
	refused atomic.Int64
	why     atomic.Pointer[error] // the last answer was none
	leads   atomic.Pointer[shortcut]
	answers chan answer   // receives once
	outcome chan outcome  // is given once
	arrived chan struct{} // closed with the answer
	shown   chan struct{}
}

// outcome is what became of the login: nil for success.
type outcome struct{ err error }

func newCallback(r Redirect, port int, read reader, p pages) *callback {
	host := net.JoinHostPort(r.host, strconv.Itoa(port))
	if port == 80 {
		host = strings.TrimSuffix(host, ":80") // browsers leave http's own port out
	}
	return &callback{
		host: host, path: r.path(), read: read, page: p,
		answers: make(chan answer, 1), outcome: make(chan outcome, 1),
		arrived: make(chan struct{}), shown: make(chan struct{}),
	}
}

// ServeHTTP refuses what is not the redirect: the wrong Host (DNS rebinding),
// path, method, state or shape. A refusal says so and repeats nothing of it.
func (c *callback) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if c.led(w, req) {
		return
	}
	status := 0
	switch {
	case !strings.EqualFold(req.Host, c.host):
		status = http.StatusMisdirectedRequest
	case req.URL.EscapedPath() != c.path || req.URL.Host != "":
		status = http.StatusNotFound
	case req.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		status = http.StatusMethodNotAllowed
	}
	if status != 0 {
		c.refuse(w, status)
		return
	}
	a, err := c.read(req.URL.RawQuery)
	if err != nil {
		c.why.Store(&err)
		c.refuse(w, http.StatusBadRequest)
		return
	}
	if !c.taken.CompareAndSwap(false, true) {
		c.refuse(w, http.StatusConflict) // a reload: the code is spent
		return
	}
	c.answers <- a
	close(c.arrived)
	c.show(w, req)
}

func (c *callback) refuse(w http.ResponseWriter, status int) {
	c.refused.Add(1)
	c.page.write(w, status, c.page.stranger())
}

// show waits for the outcome and writes it. A browser that went away meanwhile
// changes nothing.
func (c *callback) show(w http.ResponseWriter, req *http.Request) {
	defer close(c.shown)
	select {
	case o := <-c.outcome:
		if o.err != nil {
			// 200: some browsers replace a short error page by their own.
			c.page.write(w, http.StatusOK, c.page.failure(o.err))
		} else {
			c.page.write(w, http.StatusOK, c.page.success())
		}
		_ = http.NewResponseController(w).Flush()
	case <-req.Context().Done():
	}
}

// finish gives the waiting browser its page and lets it arrive. Nothing waits
// when the answer was pasted, and hardly anything after Ctrl-C.
func (c *callback) finish(ctx context.Context, err error) {
	if c == nil || !c.taken.Load() {
		return
	}
	c.outcome <- outcome{err}
	patience := time.NewTimer(pageLimit)
	defer patience.Stop()
	select {
	case <-c.shown:
	case <-patience.C:
	case <-ctx.Done():
		patience.Reset(farewell)
		select {
		case <-c.shown:
		case <-patience.C:
		}
	}
}

// untilAnswer ends with ctx or with the answer: whoever opens the browser need
// not watch it any longer than that.
func (c *callback) untilAnswer(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	if c == nil {
		return ctx, cancel
	}
	go func() {
		select {
		case <-c.arrived:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// refusals counts the requests that were no answer.
func (c *callback) refusals() int64 {
	if c == nil {
		return 0
	}
	return c.refused.Load()
}
