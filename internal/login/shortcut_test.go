package login

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"authctl/internal/shown"
)

// A short address leads who was shown it, and nobody else, and nowhere else.
func TestTheShortAddress(t *testing.T) {
	to, err := shown.ParseAddress("https://as.example/authorize?state=the-state&x=1")
	if err != nil {
		t.Fatal(err)
	}
	r, _ := ParseRedirect("http://127.0.0.1:0/callback", 0)
	ask := func(c *callback, method, path, host string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		req := httptest.NewRequest(method, "http://x/", nil)
		req.RequestURI, req.Host = path, host
		req.URL.Path, req.URL.Host = path, ""
		c.ServeHTTP(w, req)
		return w
	}
	c := newCallback(r, 4711, Request{}.reader("the-state"), pages{"p", "as.example"})
	if w := ask(c, "GET", "/secret", "127.0.0.1:4711"); w.Code != http.StatusNotFound {
		t.Errorf("before there is one: %d", w.Code)
	}
	if short := c.lead("secret", to); short.String() != "http://127.0.0.1:4711/secret" {
		t.Errorf("%s", short)
	}
	for range 2 { // a person may come twice
		w := ask(c, "GET", "/secret", "127.0.0.1:4711")
		if h := w.Result().Header; w.Code != http.StatusFound || h.Get("Location") != to.String() || w.Body.Len() != 0 || //nolint:bodyclose // a recorder's
			h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%d %v %s", w.Code, h, w.Body)
		}
	}
	strangers := map[string][3]string{
		"another path": {"GET", "/secre", "127.0.0.1:4711"}, "more": {"GET", "/secret/", "127.0.0.1:4711"},
		"a query": {"GET", "/secret?to=https://evil.example/", "127.0.0.1:4711"}, "another way to write it": {"GET", "/%73ecret", "127.0.0.1:4711"},
		"HEAD": {"HEAD", "/secret", "127.0.0.1:4711"}, "POST": {"POST", "/secret", "127.0.0.1:4711"},
		"another host": {"GET", "/secret", "evil.example:4711"}, "by proxy": {"GET", "http://127.0.0.1:4711/secret", "127.0.0.1:4711"},
	}
	for name, s := range strangers {
		if w := ask(c, s[0], s[1], s[2]); w.Code < 400 || w.Header().Get("Location") != "" || strings.Contains(w.Body.String(), "the-state") {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
	}
	c.taken.Store(true)
	if w := ask(c, "GET", "/secret", "127.0.0.1:4711"); w.Code < 400 {
		t.Errorf("after the answer: %d", w.Code)
	}
}

// An opener that succeeds may have opened nothing: who does not come is shown the
// address, a short one where the terminal would break it and the browser is here.
func TestAFewSecondsLaterTheAddressIsShown(t *testing.T) {
	narrow := func() int { return 80 }
	for name, c := range map[string]struct {
		flow  Flow
		short bool
	}{
		"at a terminal":           {Flow{Here: true, Terminal: Terminal{Live: true, Columns: narrow}}, true},
		"quiet":                   {Flow{Here: true, Terminal: Terminal{Live: true, Quiet: true, Columns: narrow}}, true},
		"the browser is not ours": {Flow{Terminal: Terminal{Live: true, Columns: narrow}}, false},
		"it is pasted":            {Flow{Here: true, Paste: silence{}, PasteLive: true, Terminal: Terminal{Live: true, Columns: narrow}}, false},
		"a wide terminal":         {Flow{Here: true, Terminal: Terminal{Live: true, Columns: func() int { return 2000 }}}, false},
		"in a pipe":               {Flow{Here: true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t.Context(), t, c.flow, request(t, "http://127.0.0.1:0/callback"), nil)
			const says = "If it shows nothing, open this address:\n\n  "
			for began := time.Now(); !strings.Contains(r.stderr.String(), says); time.Sleep(20 * time.Millisecond) {
				if time.Since(began) > silent+3*time.Second {
					t.Fatalf("it never was: %q", r.stderr)
				}
			}
			found := regexp.MustCompile(`address:\n\n  (\S+)\n`).FindStringSubmatch(r.stderr.String())
			if len(found) != 2 || (found[1] != r.address.String()) != c.short || c.short && len(found[1]) > 70 {
				t.Fatalf("%q", r.stderr)
			}
			if c.short {
				client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
				resp, err := client.Get(found[1]) //nolint:noctx // this machine
				if err != nil || resp.Header.Get("Location") != r.address.String() {
					t.Fatalf("%v %v", err, resp)
				}
				_ = resp.Body.Close()
			}
			get(t, r.back("code", "c", "state", r.query.Get("state"), "iss", "https://as.example"))
			if err := r.end(t); err != nil {
				t.Error(err)
			}
			if s := r.stderr.String(); strings.Count(s, "open this address") != 1 || c.flow.Terminal.Live && strings.Contains(s, "left (Ctrl-C stops)If") {
				t.Errorf("%q", s)
			}
		})
	}
}

// silence is where nobody types.
type silence struct{}

func (silence) Read([]byte) (int, error) { select {} }
