package curl

import (
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

// The answer to CONNECT is the proxy's: it must not pass for the API's 200.
func TestA401BehindAProxyIsRepeated(t *testing.T) {
	n := 0
	api := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if n++; n == 1 {
			w.WriteHeader(http.StatusUnauthorized)
		}
		fmt.Fprintf(w, "answer %d\n", n)
	}))
	defer api.Close()
	to := strings.TrimPrefix(api.URL, "https://")
	proxy := newServer(t, func(_ int, w http.ResponseWriter, _ *http.Request) { tunnel(w, to) })
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: api.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	j := job(t, proxy, "-sS", api.URL)
	j.Hosts, j.Tokens, j.Certificates.CA = []string{to}, &purse{kept: true}, ca
	j.Environ = append(j.Environ, "HTTPS_PROXY="+proxy.URL)
	run(t, j).want(t, 0, "answer 2\n")
	if got := proxy.wire(); !strings.HasPrefix(got, "CONNECT "+to) || strings.Contains(got, "canary") {
		t.Errorf("%.200q", got)
	}
}

// tunnel answers CONNECT and joins the two ends.
func tunnel(w http.ResponseWriter, to string) {
	far, err := net.Dial("tcp", to)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	near, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() {
		_, _ = io.Copy(far, near)
		_ = far.Close()
	}()
	_, _ = io.Copy(near, far)
	_ = near.Close()
}

// With api.keep_on the body of a 401 must be looked at, which -f would keep
// from us: the outcome is the same as curl's own.
func TestFailIsTheSameWithAndWithoutTheGate(t *testing.T) {
	api := newServer(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/ok" {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = io.WriteString(w, "some body\n")
	})
	for _, argv := range [][]string{{"-sSf", "/"}, {"-sf", "/"}, {"-f", "-S", "-s", "/ok"}, {"-sSfi", "/"}, {"-sSf", "-w", "%{http_code}", "/"}, {"-sSf", "--no-show-error", "/"}} {
		j := job(t, api, argv...)
		want := run(t, j)
		j.KeepOn, j.Tokens = []string{"anything"}, &purse{kept: true}
		got := run(t, j)
		if _, after, ok := strings.Cut(want.out, "\r\nContent-Length"); ok { // after the date
			want.out, got.out = after, got.out[strings.Index(got.out, "\r\nContent-Length")+len("\r\nContent-Length"):]
		}
		if got.code != want.code || got.out != want.out || got.err != want.err {
			t.Errorf("%v: %+v, by curl %+v", argv, got, want)
		}
	}
}

func TestStdinFeedsOneRequest(t *testing.T) {
	api := newServer(t, nil)
	for _, argv := range [][]string{{"-d", "@-", "/a", "/b"}, {"-F", "x=@-", "/1", "/2"}} {
		if r := run(t, job(t, api, argv...)); fault.KindOf(r.fault) != fault.Usage || len(api.seen()) > 0 {
			t.Errorf("%v: %+v", argv, r)
		}
	}
}

// expiring hands out tokens that live for a minute.
type expiring struct {
	n   int
	now func() time.Time
}

func (e *expiring) Token(renew bool) Token {
	e.n++
	return Token{Access: secret.New(fmt.Sprintf("%s-%d", tokenCanary, e.n)), Type: "Bearer", Expires: e.now().Add(time.Minute), Kept: !renew}
}

func TestATokenThatExpiresOnTheWayIsReplaced(t *testing.T) {
	api := newServer(t, nil)
	clock := time.Unix(1e9, 0)
	now := func() time.Time { clock = clock.Add(25 * time.Second); return clock }
	j := job(t, api, "-sS", "/1", "/2", "/3", "/4", "/5")
	j.Now = now
	j.Tokens = tokenFunc((&expiring{now: func() time.Time { return clock }}).Token)
	run(t, j)
	api.wantTokens(t, 1, 1, 1, 2, 2)
}

func TestHTUOfAURLWithoutAPath(t *testing.T) {
	p := &prover{}
	api := newServer(t, nil)
	j := job(t, api, "-sS", api.URL+"?a=/b/")
	j.Scheme, j.Prover, j.Tokens = "DPoP", p, &purse{typ: "DPoP"}
	run(t, j).want(t, 0, "answer 1\n")
	if got := p.all(); len(got) != 1 || got[0] != "GET "+api.URL+"/ canary-token-1 " {
		t.Errorf("%q", got)
	}
}

// What curl would do at a terminal it does through our pipe.
// curl adds the file's name to a URL that ends with a slash, and a proof must
// be for the URL that is called.
func TestHTUOfAnUploadIntoAFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a b.txt")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]string{
		"/in/": "/in/a%20b.txt", "/in/?x=1": "/in/a%20b.txt?x=1", "/in": "/in", "/in?x=/": "/in?x=/", "/": "/a%20b.txt",
	} {
		api := newServer(t, nil)
		p := &prover{}
		j := job(t, api, "-sS", "-T", file, typed)
		j.Prover = p
		run(t, j).want(t, 0, "answer 1\n")
		path, _, _ := strings.Cut(want, "?")
		if got, made := api.seen()[0].path, p.all(); got != want || len(made) != 1 || !strings.HasPrefix(made[0], "PUT "+api.URL+path+" ") {
			t.Errorf("%s: called %s, proofs %v", typed, got, made)
		}
	}
	api := newServer(t, nil)
	j := job(t, api, "-sS", "-T", "-", "/in/")
	j.In = strings.NewReader("x")
	run(t, j).want(t, 0, "answer 1\n")
	if got := api.seen()[0].path; got != "/in/" {
		t.Error(got)
	}
}

func TestATerminalBehindTheGate(t *testing.T) {
	one := transfer{url: "https://h/"}
	for _, c := range []struct {
		x    extras
		want bool
	}{{extras{hold: true, terminal: true}, true}, {extras{hold: true}, false}, {extras{terminal: true}, false}} {
		argv := one.argv(c.x)
		if slices.Contains(argv, "--no-buffer") != c.want || slices.Contains(argv, "--no-progress-meter") != c.want {
			t.Errorf("%+v: %q", c.x, argv)
		}
	}
	one.options = []arg{{name: "progress-bar"}}
	if slices.Contains(one.argv(extras{hold: true, terminal: true}), "--no-progress-meter") {
		t.Error("-# is taken away")
	}
}

func TestPlacesThatNoListMayHold(t *testing.T) {
	for _, authority := range []string{"a@b", "a%b", "a\\b", "a b", "bücher", "a\x00b", "", ".", "[a]", "[::1%1]", "h:0", "h:x", "a,b", "a*"} {
		if p, err := readPlace("https", authority); err == nil {
			t.Errorf("%q: %+v", authority, p)
		}
	}
	_, err := target{hosts: []string{"https"}}.resolve("https:/evil.example")
	if err == nil || !strings.Contains(err.Error(), "no complete URL") {
		t.Error(err)
	}
}

// Where no descriptor can be handed on, the secrets take stdin: nothing is
// repeated, and nothing else may read from there.
func TestByStdin(t *testing.T) {
	api := newServer(t, rejecting(1, "old token\n"))
	heads := filepath.Join(t.TempDir(), "heads")
	j := job(t, api, "-sS", "-D", heads, "/")
	j.ByStdin, j.Tokens = true, &purse{kept: true}
	run(t, j).want(t, 0, "old token\n")
	api.wantTokens(t, 1)
	if got, _ := os.ReadFile(heads); !strings.HasPrefix(string(got), "HTTP/1.1 401") || api.seen()[0].header.Get("X-Key") != headerCanary {
		t.Errorf("%s", got)
	}
	j.Argv = []string{"-sS", "-d", "@-", "/"}
	if r := run(t, j); fault.KindOf(r.fault) != fault.Usage {
		t.Errorf("%+v", r)
	}
	j.Argv = []string{"-sS", "-D", "-", "-o", heads, "/"}
	if r := run(t, j); !strings.HasPrefix(r.out, "HTTP/1.1 200") {
		t.Errorf("%+v", r)
	}
}
