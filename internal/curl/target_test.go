package curl

import (
	"fmt"
	"strings"
	"testing"

	"authctl/internal/fault"
)

func TestResolve(t *testing.T) {
	at := target{
		hosts: []string{"api.example.org", "API2.example.org:8443", "127.0.0.1:8080", "::1", "[::1]:9000", "xn--bcher-kva.example", "localhost:3000", "plain.example"},
	}
	for typed, want := range map[string]string{
		"/api/me":                                  "https://api.example.org/api/me",
		"/":                                        "https://api.example.org/",
		"//x@y/z":                                  "https://api.example.org//x@y/z",
		"https://api.example.org":                  "https://api.example.org/",
		"HTTPS://Api.Example.ORG./x?y#z":           "https://api.example.org/x?y#z",
		"https://api.example.org:443/x":            "https://api.example.org/x",
		"https://api.example.org:0443/x":           "https://api.example.org/x",
		"https://api.example.org:/x":               "https://api.example.org/x",
		"https://api.example.org?x=@evil":          "https://api.example.org/?x=@evil",
		"https://api.example.org#@evil":            "https://api.example.org/#@evil",
		"https://api.example.org/\\@evil/ a":       "https://api.example.org/\\@evil/ a",
		"https://api2.example.org:8443/":           "https://api2.example.org:8443/",
		"api.example.org/x":                        "https://api.example.org/x",
		"api.example.org":                          "https://api.example.org/",
		"http://127.0.0.1:8080/x":                  "http://127.0.0.1:8080/x",
		"http://localhost:3000/x":                  "http://localhost:3000/x",
		"https://[::1]/x":                          "https://[::1]/x",
		"http://[0:0:0:0:0:0:0:1]:9000/x":          "http://[::1]:9000/x",
		"https://xn--bcher-kva.example/":           "https://xn--bcher-kva.example/",
		"https://api.example.org/a/../../b?c=d://": "https://api.example.org/a/../../b?c=d://",
	} {
		if got, err := at.resolve(typed); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", typed, got, err, want)
		}
	}
	for _, typed := range []string{
		"", " ", "https://", "https:///x", "https:/api.example.org", "https:api.example.org", "://api.example.org",
		"https://api2.example.org/", "https://api.example.org:8443/", "https://api.example.org.evil.example/",
		"https://evil.example/https://api.example.org/", "https://evil.example/?https://api.example.org",
		"https://api.example.org@evil.example/", "https://evil.example@api.example.org/", "https://api.example.org:x@evil.example/",
		"https://api.example.org:443:80/", "https://api.example.org:65536/", "https://api.example.org:-1/", "https://api.example.org:+443/", "https://api.example.org:0x1bb/",
		"https://api.example.org\\.evil.example/", "https://api.example.org%2eevil.example/", "https://api.example.org%00/", "https://api.example.org\x00/",
		"https://api.example.org /", " https://api.example.org/", "https://api.example.org\t/", "\thttps://api.example.org/", "https://\napi.example.org/", "/x\r\nX: y", "/x\x7f",
		"https://bücher.example/", "https://api.example\u3002org/", "https://ⓐpi.example.org/", "https://api.exam\u00adple.org/", "https://api.example.org../",
		"https://[::1%25lo]/", "https://[::1%lo]/", "https://[::1/", "https://[::1]x/", "https://[api.example.org]/", "https://[::ffff:127.0.0.1]:8080/", "https://0x7f.0.0.1:8080/",
		"http://api.example.org/", "http://plain.example/", "ftp://api.example.org/", "file:///etc/passwd", "javascript://api.example.org/%0a", "httpss://api.example.org/",
		"api/me", "api.example.org:80/x", "localhost:/x", "@/etc/urls", "-x", "?x", "#x", "\\\\api.example.org\\x", "https:\\\\api.example.org\\",
	} {
		if got, err := at.resolve(typed); fault.KindOf(err) != fault.Usage || got != "" {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
}

func TestBaseURL(t *testing.T) {
	for _, c := range []struct {
		base, typed, want string
		insecure          bool
	}{
		{"https://h/v1/", "/x", "https://h/v1/x", false},
		{"http://127.0.0.1:8080/a", "/x", "http://127.0.0.1:8080/a/x", false},
		{"http://127.0.0.1:8080/a", "127.0.0.1:8080/x", "http://127.0.0.1:8080/x", false},
		{"http://h", "/x", "", false},
		{"http://h", "/x", "http://h/x", true},
		{"https://elsewhere", "/x", "", false},
		{"https://h?x=", "/y", "https://h/?x=/y", false},
	} {
		got, err := target{[]string{"h", "127.0.0.1:8080"}, c.base, c.insecure}.resolve(c.typed)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s + %s: %q, %v", c.base, c.typed, got, err)
		}
	}
	if _, err := (target{}).resolve("/x"); fault.KindOf(err) != fault.Config {
		t.Error(err)
	}
}

// What curl's patterns would ask for many times is asked for once, to the letter.
func TestBracketsArriveAsTheyAreTyped(t *testing.T) {
	api := newServer(t, nil)
	for i, path := range []string{"/a?b[]=1", "/{a,b}", "/[1-3]", "/[01-10:3]?{}", `/\{a\}`} {
		run(t, job(t, api, "-sS", "-g", path)).want(t, 0, fmt.Sprintf("answer %d\n", i+1))
		if got := api.wire(); !strings.Contains(got, "GET "+path+" HTTP") {
			t.Errorf("%s: %q", path, got)
		}
	}
	run(t, job(t, api, "-sS", "/a?b[]=1")).want(t, 0, "answer 6\n")
}

// FuzzArgv: whatever is typed, each run of curl gets one URL, in one place, on
// a listed host, no refused option, and reads back as itself.
func FuzzArgv(f *testing.F) {
	seeds := []string{
		"/", "-sSLo\x00out\x00/x", "https://h/\x00https://evil/", "--url=https://h@evil/", "-K\x00/x", "-d\x00@-\x00--next\x00https://h",
		"-x\x00p\x00/", "{a,b}h/[1-3]", "--no-location\x00/", "-", "--", "http://h\\@evil", "-HAuthorization: x\x00/", "-sk\x00/", "--expand-url\x00x",
	}
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, s := range seeds {
		f.Add(s)
	}
	known := table()
	f.Fuzz(func(t *testing.T, joined string) {
		j := Job{API: API{Hosts: []string{"h", "127.0.0.1:8080"}}, Argv: strings.Split(joined, "\x00")}
		all, err := j.plan(t.Context(), false)
		if err != nil {
			return
		}
		if len(all) > 100 {
			all = all[:100]
		}
		for _, one := range all {
			argv := one.argv(extras{config: "/dev/fd/3"})
			if argv[0] != "-q" || argv[1] != "--config" || argv[2] != "/dev/fd/3" || argv[len(argv)-2] != "--url" {
				t.Fatalf("%q", argv)
			}
			u := argv[len(argv)-1]
			rest, ok := strings.CutPrefix(u, "https://h")
			if !ok {
				rest, ok = strings.CutPrefix(u, "http://127.0.0.1:8080")
			}
			if !ok {
				rest, ok = strings.CutPrefix(u, "https://127.0.0.1:8080")
			}
			if !ok || !strings.HasPrefix(rest, "/") {
				t.Fatalf("%q sends to %q", joined, u)
			}
			for _, a := range one.options {
				o, ok := known[strings.TrimPrefix(a.name, "no-")]
				switch {
				case !ok || o.value != a.has:
					t.Fatalf("%q passes --%s, which curl does not know so", joined, a.name)
				case o.class == refused || o.class == never:
					t.Fatalf("%q passes --%s, which is refused", joined, a.name)
				case a.name == "url" || a.name == "config":
					t.Fatalf("%q passes --%s, which is authctl's to set", joined, a.name)
				}
			}
		}
	})
}
