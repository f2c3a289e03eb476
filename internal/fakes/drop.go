package fakes

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
)

// Dropper stands before a server and, where Drop says so, lets a request be
// carried out and closes the connection without its answer.
type Dropper struct {
	To      string // http://host:port
	Through http.RoundTripper
	Drop    func(r *http.Request) bool
	Dropped atomic.Int64
}

// Serve starts it.
func (d *Dropper) Serve() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out, err := http.NewRequestWithContext(r.Context(), r.Method, d.To+r.URL.RequestURI(), r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		out.Header, out.ContentLength = r.Header.Clone(), r.ContentLength
		resp, err := d.Through.RoundTrip(out)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		defer func() { _ = resp.Body.Close() }()
		if d.Drop(r) {
			d.Dropped.Add(1)
			panic(http.ErrAbortHandler)
		}
		for name, values := range resp.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	}))
}
