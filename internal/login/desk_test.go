package login

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/internal/endpoint"
)

// opened is a browser that hands the address to the test.
type opened chan *url.URL

func (o opened) Open(_ context.Context, address string) error {
	u, err := url.Parse(address)
	o <- u
	return err
}

// syncBuffer is stderr: written by the flow, read by the test.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// run starts a login and returns what the browser was sent to and where its end will be told.
type run struct {
	address *url.URL
	query   url.Values
	stderr  *syncBuffer
	codes   chan Code
	ended   chan error
}

func request(t *testing.T, redirect string) Request {
	t.Helper()
	r, err := ParseRedirect(redirect, 0)
	if err != nil {
		t.Fatal(err)
	}
	return Request{
		Profile: "demo", ClientID: "client 1", AuthorizeURL: "https://as.example/authorize?tenant=a%20b",
		Issuer: "https://as.example", Redirect: r, Scopes: []string{"openid", "profile"},
		Params: []endpoint.Param{{Name: "request_scope", Value: "idtoken email"}},
	}
}

func start(ctx context.Context, t *testing.T, f Flow, r Request, redeemed error) run {
	t.Helper()
	browser := make(opened, 1)
	f.Browser, f.Rand = browser, rand.Reader
	started := run{stderr: &syncBuffer{}, codes: make(chan Code, 9), ended: make(chan error, 1)}
	f.Terminal.Err = started.stderr
	if f.Limit == 0 {
		f.Limit = 20 * time.Second
	}
	go func() {
		started.ended <- f.Run(ctx, r, func(_ context.Context, c Code) error {
			started.codes <- c
			return redeemed
		})
	}()
	select {
	case started.address = <-browser:
	case err := <-started.ended:
		t.Fatalf("ended before the browser was opened: %v", err)
	}
	started.query = started.address.Query()
	return started
}

// back is the redirect the server would send for these parameters.
func (r run) back(params ...string) string {
	q := url.Values{}
	for i := 0; i < len(params); i += 2 {
		q.Add(params[i], params[i+1])
	}
	return r.query.Get("redirect_uri") + "?" + q.Encode()
}

func (r run) end(t *testing.T) error {
	t.Helper()
	select {
	case err := <-r.ended:
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("the login did not end")
		return nil
	}
}

func get(t *testing.T, address string) (int, string, http.Header) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 8 * time.Second}
	resp, err := client.Get(address) //nolint:noctx // bounded by the client
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body), resp.Header
}

func hasIPv6() bool {
	l, err := net.Listen("tcp", "[::1]:0") //nolint:noctx // a probe
	if err != nil {
		return false
	}
	_ = l.Close()
	return true
}

func mustHost(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

func checkHeaders(t *testing.T, h http.Header, body string) {
	t.Helper()
	csp := h.Get("Content-Security-Policy")
	if !strings.HasPrefix(csp, "default-src 'none'; style-src 'sha256-") || strings.Contains(csp, "unsafe") {
		t.Errorf("Content-Security-Policy: %s", csp)
	}
	_, style, _ := strings.Cut(body, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	if !strings.Contains(csp, base64.StdEncoding.EncodeToString(sum[:])) {
		t.Error("the policy does not hash the page's style")
	}
	for _, directive := range []string{"; base-uri 'none'", "; form-action 'none'", "; frame-ancestors 'none'"} {
		if !strings.Contains(csp, directive) {
			t.Errorf("the policy lacks %s: %s", directive, csp)
		}
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"} {
		if h.Get(name) != want {
			t.Errorf("%s: %q", name, h.Get(name))
		}
	}
	if strings.Contains(body, "<script") || strings.Contains(body, "{{") || strings.Contains(body, "style=") {
		t.Error("the page holds a script, a style attribute or an unfilled place")
	}
}
