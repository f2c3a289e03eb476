package curl

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"authctl/internal/fault"
)

// shape writes what curl would get for each request, without what is the same
// for all.
func shape(t *testing.T, argv ...string) string {
	t.Helper()
	l, err := parse(argv, false)
	if err != nil {
		t.Fatalf("%q: %v", argv, err)
	}
	all, err := l.transfers(target{hosts: []string{"h", "::1"}})
	if err != nil {
		t.Fatalf("%q: %v", argv, err)
	}
	var lines []string
	for _, one := range all {
		words := one.argv(extras{})
		lines = append(lines, strings.Join(words[3:], " "))
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), " --globoff --url https://h", " @")
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		argv string
		want string
	}{
		{"/", "@/"},
		{"https://h/x", "@/x"},
		{"-sSLo out /x", "--silent --show-error --location --output out --proto-redir =https @/x"},
		{"-sSoout /x", "--silent --show-error --output out @/x"},
		{"-o - /x", "--output - @/x"},
		{"-o /dev/stdout /x", "--output - @/x"},
		{"-o /dev/fd/1 /x", "--output - @/x"},
		{"--output-dir d -o - /x", "--output-dir d --output - @/x"},
		{"-N -# /x", "--no-buffer --progress-bar @/x"},
		{"-XPOST -d a=b /x", "--request POST --data a=b @/x"},
		{"-d=x /x", "--data =x @/x"},
		{"--data=a=b /x", "--data a=b @/x"},
		{"-d -k /x", "--data -k @/x"},
		{"-H -v /x", "--header -v @/x"},
		{"--data --insecure /x", "--data --insecure @/x"},
		{"-O /x /y", "--remote-name @/x\n@/y"},
		{"--remote-name-all /x -o z /y", "--remote-name-all --output z @/x\n--remote-name-all --remote-name @/y"},
		{"-T f /x", "--upload-file f @/x"},
		{"--no-buffer --no-keepalive --no-progress-meter /x", "--no-buffer --no-keepalive --no-progress-meter @/x"},
		{"-qZ --parallel-max 3 /x", "@/x"},
		{"-g /[1]", "@/[1]"},
		{"/x[] [::1]/x[]", "@/x[]\n--globoff --url https://[::1]/x[]"},
		{"-- -x", ""},
		{"--out-null /x", "--output /dev/null @/x"},
		{"--show-headers /x", "--include @/x"},
		{"--noproxy h /x", "--noproxy h @/x"},
	} {
		if c.want == "" {
			if l, err := parse(strings.Fields(c.argv), false); err != nil || l.nodes[0].url != "-x" {
				t.Errorf("%s: %v", c.argv, err)
			}
			continue
		}
		want := strings.ReplaceAll(c.want, "@", "--globoff --url https://h")
		got := strings.ReplaceAll(shape(t, strings.Fields(c.argv)...), " @", " --globoff --url https://h")
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", c.argv, got, want)
		}
	}
}

func TestMethod(t *testing.T) {
	for argv, want := range map[string]string{
		"/": "GET", "-I /": "HEAD", "-d x /": "POST", "-Gd x /": "GET", "-T f /": "PUT", "-F a=b /": "POST",
		"--json {} /": "POST", "-X PATCH -d x /": "PATCH", "-X A -X B /": "B", "-IGd x /": "HEAD", "--url-query a /": "GET",
	} {
		l, err := parse(strings.Fields(argv), false)
		if err != nil {
			t.Fatal(err)
		}
		all, err := l.transfers(target{hosts: []string{"h"}})
		if err != nil || all[0].method != want {
			t.Errorf("%s: %v %s", argv, err, all[0].method)
		}
	}
}

func TestTheTableHasNoOptionTwice(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range blocks() {
		for _, name := range b.names() {
			if seen[name] {
				t.Errorf("--%s stands twice", name)
			}
			seen[name] = true
		}
		if (b.class == refused || b.class == never) != (b.why != "") || (b.class == never) != (b.hint != "") {
			t.Errorf("what is refused needs a reason, what never passes also a hint, and no other has one: %+v", b)
		}
	}
	for letter, name := range shortNames() {
		if !seen[strings.TrimPrefix(name, "no-")] {
			t.Errorf("-%c is --%s, which is not in the table", letter, name)
		}
	}
}

// What is refused anyway needs no value first, and a message names the cause.
func TestMessages(t *testing.T) {
	at := target{hosts: []string{"h"}}
	for _, c := range []struct{ argv, want, never string }{
		{"--help", "--help is not about an API request", "needs a value"},
		{"-h", "--help is not about an API request", "needs a value"},
		{"/ -K", "--config brings options", "needs a value"},
		{"https://me:s3cret@h/x", "user name", "s3cret"},
		{"me:s3cret@h/x", "user name", "s3cret"},
		{"--url=", "the URL is empty", "no host"},
		{"telnet://h", `"telnet"`, ""},
		{"/a --next /b", "hint: [run authctl curl once for each", "--allow-unsafe-curl"},
		{"/a -: /b", "--next would begin another request", ""},
		{"/{a,b}", "hint: [to send them as they are, put -g before the URL", ""},
		{"/[1-3]", "hint: [to send them", ""},
		{"/a?filter[x]=1", "%5B %5D; for several URLs run authctl curl once for each", "%%"},
		{`/\{a\}`, "hint: [to send them", ""},
		{"http://[::1]/[::1]", "hint: [to send them", ""},
	} {
		l, err := parse(strings.Fields(c.argv), false)
		if err == nil {
			_, err = l.transfers(at)
		}
		text := fmt.Sprint(err)
		if f := (*fault.Error)(nil); errors.As(err, &f) {
			text += fmt.Sprint("\nhint: ", f.Hints)
		}
		if err == nil || !strings.Contains(text, c.want) || c.never != "" && strings.Contains(text, c.never) {
			t.Errorf("%s: %s", c.argv, text)
		}
	}
}
