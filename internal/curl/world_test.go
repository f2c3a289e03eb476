package curl

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/internal/render"
	"authctl/internal/secret"
)

// The secrets of every test: none may be seen where they do not belong.
const (
	tokenCanary  = "canary-token"
	headerCanary = "canary-subscription-key"
	proofCanary  = "canary-proof"
)

// call is one request as a server got it.
type call struct {
	method, path string
	header       http.Header
	size         int64
	sum          string
}

// server records what arrives and answers as told.
type server struct {
	*httptest.Server
	mu     sync.Mutex
	calls  []call
	raw    bytes.Buffer // every byte that arrived
	answer func(n int, w http.ResponseWriter, r *http.Request)
}

func newServer(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *server {
	t.Helper()
	s := &server{answer: answer}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	s.Listener = recorder{s.Listener, s}
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	sum := sha256.New()
	var size int64
	if r.Header.Get("X-Do-Not-Read") == "" {
		size, _ = io.Copy(sum, r.Body)
	}
	s.mu.Lock()
	s.calls = append(s.calls, call{r.Method, r.URL.RequestURI(), r.Header.Clone(), size, fmt.Sprintf("%x", sum.Sum(nil))})
	n := len(s.calls)
	s.mu.Unlock()
	if s.answer != nil {
		s.answer(n, w, r)
		return
	}
	fmt.Fprintf(w, "answer %d\n", n)
}

func (s *server) host() string { return strings.TrimPrefix(s.URL, "http://") }

// recorder keeps what comes in over the wire, whatever protocol it is.
type recorder struct {
	net.Listener
	s *server
}

func (l recorder) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return recordedConn{c, l.s}, err
}

type recordedConn struct {
	net.Conn
	s *server
}

func (c recordedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.s.mu.Lock()
	if c.s.raw.Len() < 1<<16 {
		c.s.raw.Write(p[:n])
	}
	c.s.mu.Unlock()
	return n, err
}

// seen is what arrived so far.
func (s *server) seen() []call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// reset forgets it.
func (s *server) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
	s.raw.Reset()
}

func (s *server) wire() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.raw.String()
}

// purse is a fake pipeline: canary-token-1, canary-token-2, ...
type purse struct {
	n      int
	kept   bool // the first token comes out of the store
	typ    string
	failAt int // the n-th token cannot be had
	renews int
}

func (p *purse) Token(_ context.Context, refused secret.Text) (Token, error) {
	renew := !refused.IsZero()
	p.n++
	if p.failAt == p.n {
		return Token{}, fmt.Errorf("no token %d", p.n)
	}
	if renew {
		p.renews++
	}
	typ := p.typ
	if typ == "" {
		typ = "Bearer"
	}
	return Token{Access: secret.New(fmt.Sprintf("%s-%d", tokenCanary, p.n)), Type: typ, Kept: p.kept && !renew}, nil
}

// tokenFunc is a pipeline that cannot fail.
type tokenFunc func(renew bool) Token

func (f tokenFunc) Token(_ context.Context, refused secret.Text) (Token, error) {
	return f(!refused.IsZero()), nil
}

// prover makes readable proofs.
type prover struct {
	mu   sync.Mutex
	made []string
}

func (p *prover) all() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.made)
}

func (p *prover) Proof(_ context.Context, method, url string, access secret.Text, nonce string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.made = append(p.made, method+" "+url+" "+access.Reveal()+" "+nonce)
	return fmt.Sprintf("%s.%d", proofCanary, len(p.made)), nil
}

// result is what a run of a job came to.
type result struct {
	out, err string
	code     int
	fault    error
	warnings []string
}

func curlPath(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("curl is not installed here")
	}
	return path
}

// job calls api with a token and a subscription key.
func job(t *testing.T, api *server, argv ...string) Job {
	t.Helper()
	return Job{
		API:     API{Hosts: []string{api.host()}, BaseURL: api.URL, Scheme: "bearer", Renew: true},
		Program: curlPath(t), Argv: argv,
		Headers:     []render.Header{{Name: "X-Key", Value: secret.New(headerCanary)}},
		HeaderNames: []string{"X-Key"},
		Environ:     []string{"PATH=/usr/bin:/bin", "HOME=" + t.TempDir()},
		Now:         time.Now, Tokens: &purse{},
	}
}

func run(t *testing.T, j Job) result {
	t.Helper()
	return runIn(t, t.Context(), j)
}

func runIn(t *testing.T, ctx context.Context, j Job) result {
	t.Helper()
	var out, errs bytes.Buffer
	var r result
	if j.Out == nil {
		j.Out = &out
	}
	if j.Err == nil {
		j.Err = &errs
	}
	j.Warn = func(m string) { r.warnings = append(r.warnings, m) }
	r.code, r.fault = j.Run(ctx)
	r.out, r.err = out.String(), errs.String()
	for _, canary := range []string{tokenCanary, headerCanary, proofCanary} {
		if strings.Contains(r.out+r.err+fmt.Sprint(r.fault, r.warnings), canary) {
			t.Errorf("%s was printed: %+v", canary, r)
		}
	}
	return r
}

// want checks exit code and stdout of a run that authctl let happen.
func (r result) want(t *testing.T, code int, out string) {
	t.Helper()
	if r.fault != nil || r.code != code || r.out != out {
		t.Errorf("code %d, stdout %q, stderr %q, fault %v; want code %d, stdout %q", r.code, r.out, r.err, r.fault, code, out)
	}
}

func (s *server) wantTokens(t *testing.T, numbers ...int) {
	t.Helper()
	var got, want []string
	for _, c := range s.seen() {
		got = append(got, c.header.Get("Authorization"))
	}
	for _, n := range numbers {
		want = append(want, fmt.Sprintf("bearer %s-%d", tokenCanary, n))
	}
	if strings.Join(got, ",") != strings.Join(want, ",") {
		t.Errorf("tokens %v, want %v", got, want)
	}
}

// pipeWith is the name of a pipe that somebody writes text to.
func pipeWith(t *testing.T, text string) string {
	t.Helper()
	fifo := filepath.Join(t.TempDir(), "fifo")
	if out, err := exec.Command("mkfifo", fifo).CombinedOutput(); err != nil {
		t.Skipf("no mkfifo: %s", out)
	}
	go func() { _ = os.WriteFile(fifo, []byte(text), 0o600) }()
	return fifo
}
