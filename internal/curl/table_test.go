package curl

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// listed is one option of testdata/curl-options.txt.
type listed struct {
	short string
	value bool
}

// curlOptions are curl's own list, by long name, and the version it is of.
func curlOptions(t *testing.T) (options map[string]listed, version string) {
	t.Helper()
	f, err := os.Open("testdata/curl-options.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	options = map[string]listed{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		w := strings.Fields(lines.Text())
		if w[0] == "#" {
			version = w[2]
			continue
		}
		if len(w) != 4 || w[2] != "flag" && w[2] != "value" {
			t.Fatalf("%q", lines.Text())
		}
		options[w[0]] = listed{w[1], w[2] == "value"}
	}
	return options, version
}

// known is the table's option for a name that curl documents: no-buffer is
// buffer, show-headers is include.
func known(name string) (option, bool) {
	all := table()
	if older, ok := otherNames()[name]; ok {
		name = older
	}
	o, ok := all[name]
	if !ok {
		o, ok = all[strings.TrimPrefix(name, "no-")]
	}
	return o, ok
}

// undocumented are names that curl's sources have, and no list of its own.
func undocumented() []string {
	return strings.Fields("include eprt epsv ftp-ssl ftp-ssl-reqd krb4 test-duphandle test-event wdebug")
}

// The table must agree with curl about which options there are and which take
// a value: a value that is taken for a URL, or a URL for a value, is a request
// we have not looked at.
func TestTheTableIsCurlsList(t *testing.T) {
	list, version := curlOptions(t)
	if len(list) < 270 || version == "" {
		t.Fatalf("%d options of %q", len(list), version)
	}
	shorts, named := shortNames(), map[string]bool{}
	for name, l := range list {
		o, ok := known(name)
		if !ok || o.value != l.value {
			t.Errorf("--%s (value: %v): known %v as %+v", name, l.value, ok, o)
		}
		named[o.name] = true
		if l.short != "-" {
			if full := shorts[l.short[0]]; full != name && full != otherNames()[name] {
				t.Errorf("-%s is --%s, not --%s", l.short, name, full)
			}
			delete(shorts, l.short[0])
		}
	}
	for _, name := range undocumented() {
		named[name] = true
	}
	for name := range table() {
		if !named[name] {
			t.Errorf("--%s is not curl's", name)
		}
	}
	if len(shorts) > 0 {
		t.Errorf("not curl's: %v", shorts)
	}
}

// The same with the curl that is installed, of whatever version. An option that
// a curl newer than the list brings is not known, and so it is refused.
func TestTheTableAgreesWithCurl(t *testing.T) {
	help, err := exec.Command(curlPath(t), "--help", "all").Output()
	if err != nil {
		t.Skip("this curl has no --help all")
	}
	row := regexp.MustCompile(`(?m)^ ?(-.,)? *--(\S+)( <.*?>| \[protocol)?`)
	_, version := curlOptions(t)
	shorts, seen, newer := shortNames(), 0, !older(curlVersion(t), version)
	for _, m := range row.FindAllStringSubmatch(string(help), -1) {
		short, name, value := strings.TrimSpace(m[1]), m[2], m[3] != ""
		seen++
		o, ok := known(name)
		switch {
		case !ok && newer:
			t.Logf("--%s is not known: this curl is newer", name)
		case !ok:
			t.Errorf("--%s is not known", name)
		case o.value != value && name != "help" && o.value != wantsValue(t, name):
			t.Errorf("--%s (value: %v) is known as %+v", name, value, o)
		}
		if full := ""; ok && short != "" {
			if full = shorts[short[1]]; full != name && full != otherNames()[name] {
				t.Errorf("%s is --%s, not --%s", short, name, full)
			}
		}
	}
	if seen < 200 {
		t.Errorf("only %d options in curl's help", seen)
	}
}

func curlVersion(t *testing.T) string {
	t.Helper()
	out, err := exec.Command(curlPath(t), "-q", "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))[1]
}

// older compares the numbers of two versions, 7.88.1 or 8.22.0-DEV.
func older(a, b string) bool {
	numbers := func(version string) (n [3]int) {
		_, _ = fmt.Sscanf(version, "%d.%d.%d", &n[0], &n[1], &n[2])
		return n
	}
	x, y := numbers(a), numbers(b)
	return slices.Compare(x[:], y[:]) < 0
}

// wantsValue asks curl itself: the help of older versions leaves values out.
func wantsValue(t *testing.T, name string) bool {
	t.Helper()
	out, _ := exec.Command(curlPath(t), "-q", "--"+name).CombinedOutput()
	return strings.Contains(string(out), "requires parameter")
}
