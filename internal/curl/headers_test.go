package curl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authctl/internal/fault"
)

// What authctl looks at is what curl sends: each of these makes curl send a
// Host or a header that another reading would miss.
func TestHeadersAreReadAsCurlReadsThem(t *testing.T) {
	api := newServer(t, nil)
	for name, c := range map[string]struct {
		argv []string
		file string // for -H @FILE
		even bool   // refused even with --allow-unsafe-curl
	}{
		"two Host, the foreign one first":  {argv: []string{"-H", "Host: evil", "-H", "Host: " + api.host()}, even: true},
		"two Host, the foreign one last":   {argv: []string{"-H", "Host: " + api.host(), "-H", "host: evil"}, even: true},
		"two Host, both allowed":           {argv: []string{"-H", "Host: " + api.host(), "-H", "HOST:" + api.host()}, even: true},
		"Host taken away and given":        {argv: []string{"-H", "Host:", "-H", "Host: evil"}, even: true},
		"Host in argv and in a file":       {argv: []string{"-H", "Host: " + api.host()}, file: "Host: evil\n", even: true},
		"two Host in a file":               {file: "Host: evil\nhost: " + api.host() + "\n", even: true},
		"host:":                            {argv: []string{"-H", "hOsT:evil"}},
		"Host with a semicolon":            {argv: []string{"-H", "Host;evil"}, even: true},
		"Host with a semicolon and a port": {argv: []string{"-H", "Host;a:b"}, even: true},
		"Host;":                            {argv: []string{"-H", "Host;"}},
		"Host:":                            {argv: []string{"-H", "Host:"}},
		"Host: ":                           {argv: []string{"-H", "Host: \t"}},
		"a space before the colon":         {argv: []string{"-H", "Host : evil"}, even: true},
		"a folded line":                    {argv: []string{"-H", "X: a", "-H", " Host: evil"}, even: true},
		"a folded line in a file":          {file: "X: a\n\tHost: evil\n", even: true},
		"an empty name":                    {argv: []string{"-H", ": evil"}, even: true},
		"a pseudo-header":                  {argv: []string{"-H", ":authority: evil"}, even: true},
		"Host in a file":                   {file: "X: a\r\nHost: evil\r\n"},
		"a lone CR in a file":              {file: "X: a\rHost: evil\n", even: true},
		"a NUL in a file":                  {file: "X: a\x00\nHost: evil\n", even: true},
		"Authorization in a file":          {file: "authorization;\n", even: true},
		"Authorization ;":                  {argv: []string{"-H", "Authorization ;"}, even: true},
		"a proxy's header":                 {argv: []string{"--proxy-header", "X : a"}, even: true},
		"no file":                          {argv: []string{"-H", "@/nonexistent/headers"}, even: true},
	} {
		t.Run(name, func(t *testing.T) {
			argv := append([]string{"-sS", "/"}, c.argv...)
			if c.file != "" {
				path := filepath.Join(t.TempDir(), "headers")
				if err := os.WriteFile(path, []byte(c.file), 0o600); err != nil {
					t.Fatal(err)
				}
				argv = append(argv, "-H", "@"+path)
			}
			for _, unsafe := range []bool{false, true} {
				j := job(t, api, argv...)
				j.AllowUnsafe = unsafe
				r := run(t, j)
				if refused := fault.KindOf(r.fault) == fault.Usage && r.fault != nil; refused != (c.even || !unsafe) {
					t.Errorf("unsafe %v: %+v", unsafe, r)
				}
				if err := j.Check(); (err != nil) != (r.fault != nil) {
					t.Errorf("unsafe %v: Check says %v", unsafe, err)
				}
				if !unsafe && api.wire() != "" {
					t.Errorf("%q was sent", api.wire())
				}
				api.reset()
			}
		})
	}
}

// A file of headers is read once, by authctl: what was looked at is sent, also
// from a pipe, and as often as the request is made.
func TestHeadersOfAPipeAreLookedAt(t *testing.T) {
	api := newServer(t, rejecting(1, "old token\n"))
	j := job(t, api, "-sS", "-H", "@-", "-H", "@"+pipeWith(t, "X-Piped: 2\r\n"), "-H", "X-Typed: 3", "/a")
	j.In, j.Tokens = strings.NewReader("X-Stdin: 1\nX-Blank;\n\nnothing\n"), &purse{kept: true}
	if err := j.Check(); err != nil {
		t.Fatal(err)
	}
	run(t, j).want(t, 0, "answer 2\n")
	for i, c := range api.seen() {
		for name, want := range map[string]string{"X-Stdin": "1", "X-Piped": "2", "X-Typed": "3", "X-Blank": ""} {
			if got := c.header.Values(name); len(got) != 1 || got[0] != want {
				t.Errorf("call %d, %s: %q", i+1, name, got)
			}
		}
	}
	for text, argv := range map[string][]string{
		"Host: evil\n":           {"-H", "@-", "/"},
		"Authorization: x\n":     {"-H", "@-", "/"},
		"X: a\rHost: evil\n":     {"-H", "@-", "/"},
		"X: a\n":                 {"-H", "@-", "-d", "@-", "/"},
		strings.Repeat("x", 2e6): {"-H", "@-", "/"},
	} {
		api.reset()
		j := job(t, api, argv...)
		j.In = strings.NewReader(text)
		if r := run(t, j); fault.KindOf(r.fault) != fault.Usage || len(api.seen()) > 0 {
			t.Errorf("%.30q: %+v", text, r)
		}
	}
	// One reading serves several requests.
	api.reset()
	j = job(t, api, "-sS", "-H", "@-", "/a", "/b")
	j.In = strings.NewReader("X-Stdin: 1")
	run(t, j)
	if got := api.seen(); len(got) != 2 || got[0].header.Get("X-Stdin") != "1" || got[1].header.Get("X-Stdin") != "1" {
		t.Errorf("%+v", got)
	}
}

func TestPrintShowsNoHeaderOfAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "headers")
	if err := os.WriteFile(path, []byte("X-Mine: user-secret\nX-Key: user-secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := job(t, newServer(t, nil), "-H", "@"+path, "-H", "@-", "/").Print()
	switch {
	case err != nil:
		t.Error(err)
	case strings.Contains(got, "secret"):
		t.Errorf("a secret is shown:\n%s", got)
	case strings.Count(got, `"X-Key: `) != 1:
		t.Errorf("X-Key does not stand once:\n%s", got)
	case !strings.Contains(got, `"X-Mine: [hidden]"`):
		t.Errorf("X-Mine is not hidden:\n%s", got)
	}
}
