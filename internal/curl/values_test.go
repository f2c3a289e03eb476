package curl

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authctl/internal/fault"
)

// No value begins another header or request: the whole table is gone through,
// with --allow-unsafe-curl too.
func TestNoValueHasALineBreakOrNUL(t *testing.T) {
	long := func(name, value string) []string { return []string{"--" + name, value, "/"} }
	for name, o := range table() {
		if !o.value || o.class == dropped || o.class == never {
			continue
		}
		for _, bad := range []string{"a=b\r\nX-Injected: 1", "a\rb", "a\nb", "\n", "a\x00b"} {
			if o.lines && !strings.Contains(bad, "\x00") {
				continue
			}
			if _, err := parse(long(name, bad), true); fault.KindOf(err) != fault.Usage || err == nil {
				t.Errorf("--%s %q: %v", name, bad, err)
			}
		}
	}
}

// The same by what arrives, in the spellings that people use.
func TestNothingIsInjected(t *testing.T) {
	const injected = "x\r\nX-Injected: 1"
	name := filepath.Join(t.TempDir(), injected)
	if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	api := newServer(t, nil)
	for _, argv := range [][]string{
		{"-A", injected},
		{"-A" + injected},
		{"--user-agent=" + injected},
		{"-e", injected},
		{"-b", "a=" + injected},
		{"-X", injected},
		{"-X", "GET /evil HTTP/1.1"},
		{"-X", ""},
		{"-r", injected},
		{"-H", "X: " + injected},
		{"-H", "X: a\n"},
		{"-T", name},
		{"-u", injected},
		{"--oauth2-bearer", injected},
		{"--request-target", "/" + injected},
		{"--proxy-header", injected},
		{"-z", injected},
		{"--aws-sigv4", injected, "-u", "a:b"},
		{"-F", injected + "=1"},
		{"-F", "a=1;type=text/plain\r\nX-Injected: 1"},
		{"-F", "a=@/dev/null;filename=" + injected},
		{"-F", `a="1;2";headers=` + injected},
		{"-F", `a="1;type=` + injected},
		{"-F", ` a= "1";type=` + injected},
		{"-F", "a=@" + name},
		{"--form-string", injected + "=1"},
		{"-G", "-d", injected},
		{"-G", "--json", injected},
		{"-G", "--data-raw", injected},
		{"--url-query", "+" + injected},
		{"--haproxy-clientip", injected},
		{"--brand-new=" + injected},
		{"/" + injected},
		{"--url", "/" + injected},
	} {
		j := job(t, api, append(argv, "-sS", "/")...)
		j.AllowUnsafe = true
		if r := run(t, j); fault.KindOf(r.fault) != fault.Usage || r.fault == nil {
			t.Errorf("%q: %+v", argv, r)
		}
	}
	if got := api.wire(); got != "" {
		t.Errorf("%q was sent", got)
	}
}

// A body is the user's, whatever it has.
func TestBodiesMayHaveLines(t *testing.T) {
	var body string
	api := newServer(t, func(_ int, _ http.ResponseWriter, r *http.Request) {
		if body = r.FormValue("a"); body == "" {
			body = r.URL.Query().Get("a")
		}
	})
	for _, argv := range [][]string{
		{"--data-urlencode", "a=one;\r\ntwo"},
		{"-F", "a=\"one;\r\ntwo\""},
		{"--form-string", "a=one;\r\ntwo"},
		{"-G", "--data-urlencode", "a=one;\r\ntwo"},
		{"-F", "a=\"one;\r\ntwo\";type=text/plain"},
	} {
		body = ""
		j := job(t, api, append(argv, "-sS", "-H", "X-Do-Not-Read: 1", "/")...)
		run(t, j).want(t, 0, "")
		if body != "one;\r\ntwo" {
			t.Errorf("%q: %q arrived", argv, body)
		}
	}
	j := job(t, api, "-sS", "-w", "one\ntwo\n", "--json", "{\n}", "-X", "PATCH", "/")
	run(t, j).want(t, 0, "one\ntwo\n")
}
