package endpoint

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
)

// docs/threats.md 3: 256 MiB, packed or not, cost a few MiB.
func TestAHugeAnswerCostsLittleMemory(t *testing.T) {
	var part bytes.Buffer // 16 MiB as one member of a gzip stream
	z := gzip.NewWriter(&part)
	_, _ = z.Write(make([]byte, 16<<20))
	_ = z.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chunk, times := make([]byte, 64<<10), 4096 // 256 MiB
		if r.URL.Path == "/gzip" {
			w.Header().Set("Content-Encoding", "gzip")
			chunk, times = part.Bytes(), 16
		}
		for range times {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer s.Close()
	for _, path := range []string{"/plain", "/gzip"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, post := client(nil).Post(t.Context(), request(s.URL+path))
		_, get := client(nil).Get(t.Context(), s.URL+path, MaxBody)
		runtime.ReadMemStats(&after)
		if !errors.Is(post, ErrTooLarge) || !errors.Is(get, ErrTooLarge) {
			t.Errorf("%s: %v, %v", path, post, get)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 48<<20 {
			t.Errorf("%s: %d MiB allocated", path, used>>20)
		}
	}
}

// docs/threats.md 3: 64 KiB of headers is the most that is read.
func TestHeadersAreCapped(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		size := 32 << 10
		if r.URL.Path == "/large" {
			size = 80 << 10
		}
		w.Header().Set("X-Long", strings.Repeat("x", size))
	}))
	defer s.Close()
	for path, ok := range map[string]bool{"/": true, "/large": false} {
		if _, err := client(nil).Post(t.Context(), request(s.URL+path)); (err == nil) != ok {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// docs/threats.md 3: a server that sends a byte now and then does not hold anyone up.
func TestATrickleEndsWithTheDeadline(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = w.Write([]byte(" "))
			_ = http.NewResponseController(w).Flush()
			time.Sleep(10 * time.Millisecond)
		}
	}))
	defer s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := client(nil).Post(ctx, request(s.URL))
	if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took > 5*time.Second {
		t.Errorf("after %v: %v", took, err)
	}
}

// deadline answers with how long a request was given.
type deadline struct{ given *time.Duration }

func (d deadline) RoundTrip(r *http.Request) (*http.Response, error) {
	if at, ok := r.Context().Deadline(); ok {
		*d.given = time.Until(at)
	}
	return nil, errors.New("no network")
}

func TestEveryRequestHasADeadline(t *testing.T) {
	var given time.Duration
	c := client(nil)
	c.HTTP = deadline{&given}
	for name, send := range map[string]func(){
		"POST": func() { _, _ = c.Post(context.Background(), request("https://as.example")) },
		"GET":  func() { _, _ = c.Get(context.Background(), "https://as.example", 1) },
	} {
		given = 0
		if send(); given <= 0 || given > RequestTimeout {
			t.Errorf("%s: %v", name, given)
		}
	}
}

// docs/threats.md 8: a connection that is kept lets net/http send a request
// again when the server closes it, and a refresh token is good for one. Either
// guard would do by itself; each has to be there.
func TestNoConnectionIsKept(t *testing.T) {
	var last *http.Request
	c := &Client{HTTP: roundTrip(func(r *http.Request) (*http.Response, error) {
		last = r
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody}, nil
	}), Now: time.Now}
	if _, err := c.Post(t.Context(), request("https://as.example/token")); err != nil || !last.Close || last.GetBody != nil {
		t.Errorf("a POST may be sent again: close %t, %v", last.Close, err)
	}
	if _, err := c.Get(t.Context(), "https://as.example/jwks", 1<<10); err != nil || !last.Close {
		t.Errorf("a GET keeps its connection: %v", err)
	}

	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(r.RemoteAddr)) // a port of its own for each connection
	}))
	defer s.Close()
	transport := NewTransport(Setup{})
	from := map[string]bool{}
	for range 3 {
		resp, err := (&http.Client{Transport: transport}).Get(s.URL) // which would keep it
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err := errors.Join(err, resp.Body.Close()); err != nil {
			t.Fatal(err)
		}
		from[string(body)] = true
	}
	if len(from) != 3 {
		t.Errorf("3 requests over %d connections", len(from))
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
