package login

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authctl/internal/fault"
)

// forged are callbacks of strangers, by what they ask for.
func (r run) forged(i int) *http.Request {
	state, base := r.query.Get("state"), r.query.Get("redirect_uri")
	address := []string{
		r.back("code", "evil", "state", "forged<script>"),
		r.back("error", "access_denied", "state", "forged<script>"),
		r.back("error", "access_denied", "error_description", "forged<script>"),
		r.back("code", "evil", "code", "evil2", "state", state),
		r.back("code", "evil", "state", state, "state", state),
		r.back("code", "evil", "state", state, "state", "x"),
		r.back("state", state),
		r.back("state", state, "code", "evil", "error", "forged<script>"),
		base + "?%zz=forged&state=" + state,
		base + "/more?code=evil&state=" + state,
		base + "?" + strings.Repeat("forged<script>", 1000),
		base,
	}[i%12]
	req, err := http.NewRequest(http.MethodGet, address, nil) //nolint:noctx // bounded by the client
	if err != nil {
		panic(err)
	}
	switch i % 15 {
	case 12:
		req, _ = http.NewRequest(http.MethodPost, r.back("code", "evil", "state", state), strings.NewReader("forged<script>")) //nolint:noctx // as above
	case 13:
		req.Host = "evil.example"
		req.URL.RawQuery = "code=evil&state=" + state
	case 14:
		req.Header.Set("X-Long", strings.Repeat("forged", 4000))
	}
	return req
}

func TestForgedCallbacksEndNothing(t *testing.T) {
	r := start(t.Context(), t, Flow{}, request(t, "http://127.0.0.1:0/callback"), nil)
	host := mustHost(t, r.query.Get("redirect_uri"))
	for range 20 { // slow clients: half a request, then silence
		conn, err := net.Dial("tcp", host) //nolint:noctx // a local socket
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		_, _ = io.WriteString(conn, "GET /callback?state=")
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 8 * time.Second}
	var wrong atomic.Int64
	var group sync.WaitGroup
	for worker := range 10 {
		group.Go(func() {
			for i := range 100 {
				resp, err := client.Do(r.forged(worker*100 + i))
				if err != nil {
					continue // the header cap may cut the connection while we still write
				}
				body, _ := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				text := fmt.Sprint(resp.Header) + string(body)
				if resp.StatusCode < 400 || strings.Contains(text, "forged") || strings.Contains(text, "evil") || strings.Contains(text, r.query.Get("state")) {
					wrong.Add(1)
				}
			}
		})
	}
	group.Wait()
	if n := wrong.Load(); n != 0 {
		t.Errorf("%d forged callbacks were accepted or reflected", n)
	}
	// A browser names its own server by path alone; a whole URL is for proxies (RFC 9112 3.2.2).
	if status := sent(t, host, "GET http://"+host+"/callback?code=forged&state="+r.query.Get("state")+" HTTP/1.1\r\nHost: "+host+"\r\n\r\n"); status != http.StatusNotFound {
		t.Errorf("a request to a proxy: %d", status)
	}
	select {
	case err := <-r.ended:
		t.Fatalf("a forged callback ended the login: %v", err)
	default:
	}
	get(t, r.back("code", "real", "state", r.query.Get("state")))
	if err := r.end(t); err != nil {
		t.Fatal(err)
	}
	if c := <-r.codes; c.Value.Reveal() != "real" {
		t.Errorf("redeemed %q", c.Value.Reveal())
	}
}

// sent is the status of the answer to a request as it is written.
func sent(t *testing.T, host, request string) int {
	t.Helper()
	conn, err := net.Dial("tcp", host) //nolint:noctx // a local socket
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	return resp.StatusCode
}

func TestTheSecondRealCallbackIsRefused(t *testing.T) {
	hold := make(chan struct{})
	browser := make(opened, 1)
	codes := 0
	f := Flow{Browser: browser, Rand: rand.Reader, Limit: 10 * time.Second, Terminal: Terminal{Err: io.Discard}}
	ended := make(chan error, 1)
	go func() {
		ended <- f.Run(t.Context(), request(t, "http://127.0.0.1:0/callback"), func(context.Context, Code) error {
			codes++
			<-hold
			return nil
		})
	}()
	address := <-browser
	back := address.Query().Get("redirect_uri") + "?code=1&state=" + address.Query().Get("state")
	first := make(chan int, 1)
	go func() { status, _, _ := get(t, back); first <- status }()
	for status, began := 0, time.Now(); status != http.StatusConflict; {
		if time.Since(began) > 10*time.Second {
			close(hold)
			t.Fatal("the second callback is not refused")
		}
		client := http.Client{Timeout: 100 * time.Millisecond}
		resp, err := client.Get(back) //nolint:noctx // bounded by the client
		if err == nil {
			status = resp.StatusCode
			_ = resp.Body.Close()
		}
	}
	close(hold)
	if err := <-ended; err != nil || codes != 1 {
		t.Errorf("err %v, redeemed %d times", err, codes)
	}
	<-first
}

// docs/threats.md 10.
func TestOnlyLoopbackIsBound(t *testing.T) {
	for _, uri := range []string{"http://127.0.0.1:0/cb", "http://localhost:0/cb", "http://[::1]:0/cb"} {
		redirect, err := ParseRedirect(uri, 0)
		if err != nil {
			t.Fatal(err)
		}
		l, err := listen(t.Context(), redirect)
		if err != nil {
			if strings.Contains(uri, "::1") && !hasIPv6() {
				continue
			}
			t.Fatal(err)
		}
		for _, s := range l.sockets {
			if a := s.Addr().(*net.TCPAddr); !a.IP.IsLoopback() {
				t.Errorf("%s: bound to %s", uri, a)
			}
		}
		l.close()
	}
}

func TestFixedPortInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a local socket
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	redirect, err := ParseRedirect("http://localhost:0/cb", taken.Addr().(*net.TCPAddr).Port)
	if err != nil {
		t.Fatal(err)
	}
	if l, err := listen(t.Context(), redirect); fault.KindOf(err) != fault.Config {
		l.close()
		t.Errorf("got %v", err)
	}
}

func TestHeaderCap(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := start(ctx, t, Flow{}, request(t, "http://127.0.0.1:0/callback"), nil)
	defer func() { cancel(); _ = r.end(t) }()
	for size, want := range map[int]int{7 << 10: http.StatusBadRequest, 9 << 10: http.StatusRequestHeaderFieldsTooLarge} {
		conn, err := net.Dial("tcp", mustHost(t, r.query.Get("redirect_uri"))) //nolint:noctx // a local socket
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(conn, "GET /callback HTTP/1.1\r\nHost: %s\r\nX-Long: %s\r\n\r\n", mustHost(t, r.query.Get("redirect_uri")), strings.Repeat("x", size))
		_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		status := make([]byte, 12)
		_, _ = io.ReadFull(conn, status)
		_ = conn.Close()
		if string(status) != fmt.Sprint("HTTP/1.1 ", want) {
			t.Errorf("%d bytes of header: %s", size, status)
		}
	}
}

func TestASlowClientIsCutOff(t *testing.T) {
	t.Parallel() // it takes as long as the limit
	ctx, cancel := context.WithCancel(t.Context())
	r := start(ctx, t, Flow{}, request(t, "http://127.0.0.1:0/callback"), nil)
	defer func() { cancel(); _ = r.end(t) }()
	conn, err := net.Dial("tcp", mustHost(t, r.query.Get("redirect_uri"))) //nolint:noctx // a local socket
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, "GET /callback?code=")
	_ = conn.SetReadDeadline(time.Now().Add(headerRead + 3*time.Second))
	if _, err := io.ReadAll(conn); err != nil {
		t.Errorf("a client that dawdles is not cut off after %v: %v", headerRead, err)
	}
}

// slowBrowser is an opener that becomes the browser and does not end by itself.
type slowBrowser struct{ opened }

func (b slowBrowser) Open(ctx context.Context, address string) error {
	_ = b.opened.Open(ctx, address)
	<-ctx.Done()
	return nil
}

func TestTheAnswerIsNotKeptWaitingByTheOpener(t *testing.T) {
	browser := slowBrowser{make(opened, 1)}
	f := Flow{Browser: browser, Rand: rand.Reader, Limit: 10 * time.Second, Terminal: Terminal{Err: io.Discard}}
	ended := make(chan error, 1)
	go func() {
		ended <- f.Run(t.Context(), request(t, "http://127.0.0.1:0/callback"), func(context.Context, Code) error { return nil })
	}()
	address := <-browser.opened
	get(t, address.Query().Get("redirect_uri")+"?code=1&state="+address.Query().Get("state"))
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// "OPTIONS *" never reaches a handler of net/http unless it is told so.
func TestOptionsOfTheServerAreRefused(t *testing.T) {
	r := start(t.Context(), t, Flow{}, request(t, "http://127.0.0.1:0/callback"), nil)
	conn, err := net.Dial("tcp", mustHost(t, r.query.Get("redirect_uri"))) //nolint:noctx // a local socket
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, "OPTIONS * HTTP/1.1\r\nHost: "+mustHost(t, r.query.Get("redirect_uri"))+"\r\n\r\n")
	answer, _ := io.ReadAll(conn)
	if !strings.HasPrefix(string(answer), "HTTP/1.1 404 ") {
		t.Errorf("got %.80s", answer)
	}
	get(t, r.back("code", "real", "state", r.query.Get("state")))
	if err := r.end(t); err != nil {
		t.Error(err)
	}
}

// An issuer that looks like ours must be seen to be another.
func TestAnIssuerIsShownAsItIs(t *testing.T) {
	r := request(t, "http://127.0.0.1:0/callback")
	err := r.check(answer{issuer: r.Issuer + "\x00\u202e", hasIssuer: true})
	if err == nil || !strings.Contains(err.Error(), `"`+r.Issuer+`\x00\u202e"`) {
		t.Errorf("got %v", err)
	}
}
