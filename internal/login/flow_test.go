package login

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
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

func TestLoginEndsWithTheCodeAndAPage(t *testing.T) {
	for _, redirect := range []string{
		"http://127.0.0.1:0/callback", "http://localhost:0/a/b", "http://[::1]:0/callback", "http://127.0.0.1/x", "http://localhost:0",
	} {
		t.Run(redirect, func(t *testing.T) {
			if strings.Contains(redirect, "::1") && !hasIPv6() {
				t.Skip("no IPv6 here")
			}
			r := start(t.Context(), t, Flow{}, request(t, redirect), nil)
			status, body, header := get(t, r.back("code", "c0de", "state", r.query.Get("state"), "iss", "https://as.example", "session_state", "s"))
			if err := r.end(t); err != nil {
				t.Fatal(err)
			}
			c := <-r.codes
			if c.Value.Reveal() != "c0de" || c.RedirectURI != r.query.Get("redirect_uri") || c.Nonce != r.query.Get("nonce") {
				t.Errorf("code %q, redirect %q, nonce %q", c.Value.Reveal(), c.RedirectURI, c.Nonce)
			}
			sum := sha256.Sum256([]byte(c.Verifier.Reveal()))
			if len(c.Verifier.Reveal()) < 43 || base64.RawURLEncoding.EncodeToString(sum[:]) != r.query.Get("code_challenge") {
				t.Error("the challenge is not the verifier's S256")
			}
			if status != http.StatusOK || !strings.Contains(body, "You are logged in") {
				t.Errorf("page: %d %s", status, body)
			}
			checkHeaders(t, header, body)
			if conn, err := net.Dial("tcp", mustHost(t, c.RedirectURI)); err == nil { //nolint:noctx // a probe
				_ = conn.Close()
				t.Error("the port is still open")
			}
		})
	}
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
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"} {
		if h.Get(name) != want {
			t.Errorf("%s: %q", name, h.Get(name))
		}
	}
	if strings.Contains(body, "<script") || strings.Contains(body, "{{") || strings.Contains(body, "style=") {
		t.Error("the page holds a script, a style attribute or an unfilled place")
	}
}

func TestAuthorizeURL(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := start(ctx, t, Flow{}, request(t, "http://127.0.0.1:0/callback"), nil)
	defer func() { cancel(); _ = r.end(t) }()
	for name, want := range map[string]string{
		"tenant": "a b", "response_type": "code", "client_id": "client 1", "scope": "openid profile",
		"code_challenge_method": "S256", "request_scope": "idtoken email",
	} {
		if r.query.Get(name) != want {
			t.Errorf("%s=%q, not %q", name, r.query.Get(name), want)
		}
	}
	if len(r.query.Get("state")) < 43 || len(r.query.Get("nonce")) < 43 || r.query.Get("state") == r.query.Get("nonce") {
		t.Error("state and nonce are not 256 bits each")
	}
}

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
	for status := 0; status != http.StatusConflict; {
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

func TestAnswersThatEndTheLogin(t *testing.T) {
	tests := map[string]struct {
		params   []string
		require  bool
		redeem   error
		kind     fault.Kind
		code     string
		redeemed bool
		page     string
	}{
		"declined":        {params: []string{"error", "access_denied", "error_description", "no\x1b[31m way"}, kind: fault.Refused, code: "access_denied", page: "declined"},
		"prompt none":     {params: []string{"error", "login_required"}, kind: fault.Login, code: "login_required", page: "take part"},
		"wrong iss":       {params: []string{"code", "c", "iss", "https://as.example/"}, kind: fault.Invalid, page: "could not be verified"},
		"wrong iss error": {params: []string{"error", "access_denied", "iss", "https://evil.example"}, kind: fault.Invalid, page: "could not be verified"},
		"missing iss":     {params: []string{"code", "c"}, require: true, kind: fault.Invalid, page: "could not be verified"},
		"redeem fails":    {params: []string{"code", "c"}, redeem: fault.New(fault.Network, "down"), kind: fault.Network, redeemed: true, page: "could not be reached"},
		"plain error":     {params: []string{"code", "c"}, redeem: errors.New("boom"), kind: fault.Internal, redeemed: true, page: "inside authctl"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			req := request(t, "http://127.0.0.1:0/callback")
			req.RequireIssuer = tt.require
			r := start(t.Context(), t, Flow{}, req, tt.redeem)
			_, body, header := get(t, r.back(append(tt.params, "state", r.query.Get("state"))...))
			err := r.end(t)
			var f *fault.Error
			if errors.As(err, &f) && (f.Kind != tt.kind || f.Code != tt.code) || fault.KindOf(err) != tt.kind {
				t.Errorf("got %v (%v)", err, fault.KindOf(err))
			}
			if strings.ContainsAny(err.Error(), "\x1b\n") {
				t.Errorf("not one clean line: %q", err)
			}
			if (len(r.codes) == 1) != tt.redeemed {
				t.Errorf("redeemed: %v", len(r.codes))
			}
			if !strings.Contains(body, tt.page) || !strings.Contains(body, "did not succeed") {
				t.Errorf("page says %s", body)
			}
			checkHeaders(t, header, body)
		})
	}
}

func TestInterruptFreesThePortAtOnce(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := start(ctx, t, Flow{}, request(t, "http://localhost:0/callback"), nil)
	cancel()
	if err := r.end(t); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if conn, err := net.Dial("tcp", mustHost(t, r.query.Get("redirect_uri"))); err == nil { //nolint:noctx // a probe
		_ = conn.Close()
		t.Error("the port is still open")
	}
}

func TestLimit(t *testing.T) {
	r := start(t.Context(), t, Flow{Limit: 50 * time.Millisecond}, request(t, "http://127.0.0.1:0/callback"), nil)
	if err := r.end(t); fault.KindOf(err) != fault.Login || !strings.Contains(err.Error(), "nobody logged in") {
		t.Errorf("got %v", err)
	}
}

func TestPushedRequestLeavesTwoParameters(t *testing.T) {
	var pushed []endpoint.Param
	f := Flow{Push: func(_ context.Context, params []endpoint.Param) (Pushed, error) {
		pushed = params
		return Pushed{RequestURI: "urn:ietf:params:oauth:request_uri:1", ExpiresIn: time.Minute}, nil
	}}
	ctx, cancel := context.WithCancel(t.Context())
	r := start(ctx, t, f, request(t, "http://127.0.0.1:0/callback"), nil)
	defer func() { cancel(); _ = r.end(t) }()
	if got := r.address.RawQuery; got != "tenant=a%20b&client_id=client+1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A1" {
		t.Errorf("query %s", got)
	}
	names := []string{}
	for _, p := range pushed {
		names = append(names, p.Name)
	}
	if got := strings.Join(names, " "); got != "response_type client_id redirect_uri state nonce code_challenge code_challenge_method scope request_scope" {
		t.Errorf("pushed %s", got)
	}
}

func TestReservedParametersAreRefused(t *testing.T) {
	r := request(t, "http://127.0.0.1:0/callback")
	for _, name := range []string{"state", "nonce", "code_challenge_method", "response_mode", "redirect_uri"} {
		r.Params = []endpoint.Param{{Name: name, Value: "x"}}
		if _, err := r.params("http://127.0.0.1:1/", randoms{}); fault.KindOf(err) != fault.Config {
			t.Errorf("%s: %v", name, err)
		}
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

func TestPaste(t *testing.T) {
	const target = "https://app.example/auth/callback"
	tests := map[string]struct {
		paste func(state string) string
		kind  fault.Kind
		live  bool
	}{
		"whole address":   {paste: func(s string) string { return target + "?code=c&state=" + s + "&iss=https%3A%2F%2Fas.example" }},
		"query only":      {paste: func(s string) string { return "\n ?code=c&state=" + s + " \n" }},
		"wrong state":     {paste: func(string) string { return target + "?code=c&state=x" }, kind: fault.Invalid},
		"other place":     {paste: func(s string) string { return "https://evil.example/auth/callback?code=c&state=" + s }, kind: fault.Invalid},
		"nothing":         {paste: func(string) string { return "" }, kind: fault.Login},
		"mended":          {paste: func(s string) string { return "what?\n" + target + "?code=c&state=" + s }, live: true},
		"not mended":      {paste: func(s string) string { return "what?\n" + target + "?code=c&state=" + s }, kind: fault.Invalid},
		"error":           {paste: func(s string) string { return target + "?error=access_denied&state=" + s }, kind: fault.Refused},
		"endless garbage": {paste: func(string) string { return strings.Repeat("x", 1<<20) }, kind: fault.Login},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in, out := io.Pipe()
			r := start(t.Context(), t, Flow{Paste: in, PasteLive: tt.live}, request(t, target), nil)
			go func() {
				_, _ = io.WriteString(out, tt.paste(r.query.Get("state")))
				_ = out.Close()
			}()
			err := r.end(t)
			_ = in.Close()
			if tt.kind == 0 && (err != nil || len(r.codes) != 1) || tt.kind != 0 && (fault.KindOf(err) != tt.kind || len(r.codes) != 0) {
				t.Errorf("err %v, codes %d", err, len(r.codes))
			}
		})
	}
}

func TestWithoutABrowserTheAddressIsShown(t *testing.T) {
	stderr := &syncBuffer{}
	f := Flow{Terminal: Terminal{Err: stderr, Quiet: true}, Rand: rand.Reader, Limit: 100 * time.Millisecond, Remote: true, Why: "no display"}
	_ = f.Run(t.Context(), request(t, "http://127.0.0.1:0/callback"), nil)
	for _, want := range []string{"  https://as.example/authorize?tenant=a%20b&response_type=code&", "ssh -L "} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("stderr lacks %q: %s", want, stderr)
		}
	}
	needs := request(t, "https://app.example/cb")
	if err := f.Run(t.Context(), needs, nil); fault.KindOf(err) != fault.Usage {
		t.Errorf("a redirect that is not ours, without --paste: %v", err)
	}
}

func TestWaitingRepaintsOnlyATerminal(t *testing.T) {
	live, piped := &syncBuffer{}, &syncBuffer{}
	Terminal{Err: live, Live: true}.Waiting(t.Context(), "it", 5*time.Minute)()
	Terminal{Err: piped}.Waiting(t.Context(), "it", 5*time.Minute)()
	Terminal{Err: piped, Quiet: true}.Waiting(t.Context(), "it", 5*time.Minute)()
	if !strings.Contains(live.String(), "5:00 left") || !strings.HasSuffix(live.String(), "\r\x1b[K") {
		t.Errorf("terminal: %q", live)
	}
	if piped.String() != "Waiting for it, up to 5:00.\n" {
		t.Errorf("pipe: %q", piped)
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

func TestThePageEscapesTheProfile(t *testing.T) {
	page := pages{profile: `<img src=x onerror=alert(1)>"`, server: "<b>"}
	for _, c := range []content{page.success(), page.failure(errors.New("<i>")), page.stranger()} {
		if body := page.render(c); strings.Contains(body, "<img") || strings.Contains(body, "<b>") && !strings.Contains(body, "<b>authctl</b>") || strings.Contains(body, "<i>") {
			t.Errorf("the page holds markup of the profile: %s", body)
		}
	}
}
