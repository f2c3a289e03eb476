package curl

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authctl/internal/fault"
	"authctl/internal/render"
	"authctl/internal/secret"
)

func TestHeadersArriveAndEverythingElsePassesThrough(t *testing.T) {
	api := newServer(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "short and stout\n")
	})
	j := job(t, api, "-sS", "-fX", "PATCH", "-H", "Accept: text/x", "--data-binary", "@-", "/pot?a=1#f")
	j.In = strings.NewReader("tea")
	r := run(t, j)
	r.want(t, 22, "")
	if !strings.Contains(r.err, "418") {
		t.Errorf("stderr %q", r.err)
	}
	got := api.seen()[0]
	if got.method != "PATCH" || got.path != "/pot?a=1" || got.size != 3 {
		t.Errorf("%+v", got)
	}
	for name, want := range map[string]string{"Authorization": "bearer canary-token-1", "X-Key": headerCanary, "Accept": "text/x"} {
		if got.header.Get(name) != want {
			t.Errorf("%s: %q", name, got.header.Get(name))
		}
	}
	j.Argv = []string{"-sS", "/pot"}
	run(t, j).want(t, 0, "short and stout\n")
}

func TestUserHeadersHaveTheLastWordButNotOverTheToken(t *testing.T) {
	api := newServer(t, nil)
	run(t, job(t, api, "-sS", "-H", "x-key: mine", "/")).want(t, 0, "answer 1\n")
	if got := api.seen()[0].header.Values("X-Key"); len(got) != 1 || got[0] != "mine" {
		t.Errorf("%q", got)
	}
	run(t, job(t, api, "-sS", "-H", "X-Key:", "/")).want(t, 0, "answer 2\n")
	if got := api.seen()[1].header.Values("X-Key"); len(got) != 0 {
		t.Errorf("%q", got)
	}
	file := filepath.Join(t.TempDir(), "headers")
	if err := os.WriteFile(file, []byte("x-key: from a file\r\n\r\nX-Other: 1"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, job(t, api, "-sS", "-H", "@"+file, "/")).want(t, 0, "answer 3\n")
	if got := api.seen()[2].header.Values("X-Key"); len(got) != 1 || got[0] != "from a file" {
		t.Errorf("%q", got)
	}
	if err := os.WriteFile(file, []byte("X-Other: 1\nauthorization: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, h := range []string{
		"Authorization: Basic x", "authorization:", "AUTHORIZATION;", "DPoP: x", "@" + file,
		"X: a\r\nAuthorization: Basic x", "X: a\nHost: b",
	} {
		if r := run(t, job(t, api, "-H", h, "/")); fault.KindOf(r.fault) != fault.Usage {
			t.Errorf("%s: %+v", h, r)
		}
	}
}

func TestSingleUseMeansATokenForEachRequest(t *testing.T) {
	api := newServer(t, nil)
	j := job(t, api, "-sS", "/a", "/b1", "/b2", "/c1", "/c2")
	j.SingleUse = true
	run(t, j).want(t, 0, "answer 1\nanswer 2\nanswer 3\nanswer 4\nanswer 5\n")
	api.wantTokens(t, 1, 2, 3, 4, 5)
	var lines []string
	for _, c := range api.seen() {
		lines = append(lines, c.method+c.path)
	}
	if got := strings.Join(lines, " "); got != "GET/a GET/b1 GET/b2 GET/c1 GET/c2" {
		t.Errorf("%s", got)
	}
	j.Argv, j.SingleUse, j.Tokens = []string{"-sS", "/a", "/b"}, false, &purse{}
	api.reset()
	run(t, j)
	api.wantTokens(t, 1, 1)
	for _, argv := range [][]string{{"--retry", "3", "/"}, {"--retry=3", "/"}} {
		j.Argv, j.SingleUse = argv, true
		if r := run(t, j); fault.KindOf(r.fault) != fault.Usage {
			t.Errorf("%v: %+v", argv, r)
		}
	}
}

func TestOutputsPairWithURLsAsInCurl(t *testing.T) {
	dir := t.TempDir()
	api := newServer(t, nil)
	at := func(name string) string { return filepath.Join(dir, name) }
	run(t, job(t, api, "-sS", "-o", at("one"), "/a", "/b", "-o", at("two"), "/c", "-o", at("#2-#1-#3"))).want(t, 0, "")
	for name, want := range map[string]string{"one": "answer 1\n", "two": "answer 2\n", "#2-#1-#3": "answer 3\n"} {
		if got, _ := os.ReadFile(at(name)); string(got) != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestExitCodeIsTheLastRequestsUnlessFailEarly(t *testing.T) {
	api := newServer(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n == 1 {
			w.WriteHeader(500)
		}
	})
	run(t, job(t, api, "-sSf", "/a", "/b")).want(t, 0, "")
	api.reset()
	run(t, job(t, api, "-sSf", "--fail-early", "/a", "/b")).want(t, 22, "")
	if len(api.seen()) != 1 {
		t.Errorf("%d calls", len(api.seen()))
	}
}

func TestNoTokenNoCurl(t *testing.T) {
	api := newServer(t, nil)
	for name, change := range map[string]func(*Job){
		"no token":    func(j *Job) { j.Tokens = &purse{failAt: 1} },
		"wrong type":  func(j *Job) { j.Tokens = &purse{typ: "DPoP"} },
		"N_A":         func(j *Job) { j.Tokens = &purse{typ: "N_A"} },
		"bad scheme":  func(j *Job) { j.Scheme = "Bearer x\r\nY:" },
		"bad header":  func(j *Job) { j.Headers = []render.Header{{Name: "X-Key", Value: secret.New("a\r\nb")}} },
		"no hosts":    func(j *Job) { j.Hosts = nil },
		"curl absent": func(j *Job) { j.Program = "/nonexistent/curl" },
	} {
		j := job(t, api, "/")
		change(&j)
		if r := run(t, j); r.fault == nil || len(api.seen()) > 0 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestCertificatesAreNamedInTheConfig(t *testing.T) {
	got, err := Certificates{CA: `/a "b"\c`, Certificate: "/crt.pem", Key: "/key.pem"}.lines()
	if want := "cacert = \"/a \\\"b\\\"\\\\c\"\ncert = \"/crt.pem\"\nkey = \"/key.pem\"\n"; err != nil || got != want {
		t.Errorf("%v %q", err, got)
	}
	if _, err := (Certificates{CA: "a\x00b"}).lines(); fault.KindOf(err) != fault.Config {
		t.Error(err)
	}
}

func TestWriteErrorsEndCurl(t *testing.T) {
	api := newServer(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		chunk := make([]byte, 1<<16)
		for range 200 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	j := job(t, api, "-sS", "/")
	j.Tokens, j.Out = &purse{kept: true}, brokenWriter{}
	if r := run(t, j); r.code != writeError || r.fault != nil || len(r.warnings) != 1 {
		t.Errorf("%+v", r)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("broken") }

// Behind one address there may be many hosts, and Host chooses among them.
func TestHostIsHeldToTheListAsWell(t *testing.T) {
	api := newServer(t, nil)
	for _, h := range []string{"Host: evil.example", "host:evil.example", "Host: a@evil.example"} {
		j := job(t, api, "-sS", "-H", h, "/")
		if r := run(t, j); fault.KindOf(r.fault) != fault.Usage {
			t.Errorf("%s: %+v", h, r)
		}
		j.AllowUnsafe = true
		if r := run(t, j); r.fault != nil {
			t.Errorf("%s: %+v", h, r)
		}
	}
	j := job(t, api, "-sS", "-H", "Host: api.example.org", "/")
	j.Hosts = append(j.Hosts, "api.example.org")
	if r := run(t, j); r.fault != nil || r.code != 0 {
		t.Errorf("%+v", r)
	}
}
