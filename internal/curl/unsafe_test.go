package curl

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"authctl/internal/fault"
)

// With --allow-unsafe-curl the URLs of the command line are held to api.hosts
// all the same: every option of the table gets a foreign one, as it stands and
// by a file, and nothing secret arrives there. Proxies are what it allows.
func TestNoOptionBringsAForeignURL(t *testing.T) {
	api, foreign := newServer(t, nil), newServer(t, nil)
	t.Chdir(t.TempDir())
	if err := os.WriteFile("list", []byte("url = "+foreign.URL+"\nlocation\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	reached := []string{}
	for name, o := range table() {
		if !o.value || isProxy(name) {
			continue
		}
		for _, option := range []string{"--" + name, "--expand-" + name} {
			for _, value := range []string{foreign.URL, "@list"} {
				j := job(t, api, option, value, "-sS", "-m", "1", "/")
				j.AllowUnsafe, j.In = true, strings.NewReader("")
				j.Out, j.Err = io.Discard, io.Discard // --trace prints the token, as is its purpose
				if _, err := j.Run(t.Context()); err == nil {
					reached = append(reached, name)
				}
			}
		}
	}
	if got := foreign.wire(); strings.Contains(got, "canary") {
		t.Errorf("the foreign server got %q", got)
	}
	for _, name := range []string{"data", "doh-url", "connect-to", "referer"} { // what ran at all
		if !slices.Contains(reached, name) {
			t.Errorf("--%s was never tried", name)
		}
	}
}

func TestWhatIsRefusedEvenWithAllowUnsafe(t *testing.T) {
	api, foreign := newServer(t, nil), newServer(t, nil)
	config := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(config, []byte("url = "+foreign.URL+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := foreign.host()
	for name, argv := range map[string][]string{
		"--url":                       {"--url", foreign.URL},
		"--url=":                      {"--url=" + foreign.URL},
		"--url @file":                 {"--url", "@" + config},
		"an abbreviated --url":        {"--ur", foreign.URL, "/"},
		"an abbreviated --config":     {"--conf", config, "/"},
		"an abbreviated --no-":        {"--no-locat", "/"},
		"--config":                    {"--config", config, "/"},
		"-K":                          {"-sK", config, "/"},
		"--variable":                  {"--variable", "x=" + f, "/"},
		"--expand-url":                {"--expand-url", "http://{{x}}/"},
		"--expand-data":               {"--expand-data", "{{x}}", "/"},
		"--expand-=":                  {"--expand-url=" + foreign.URL},
		"--expand-=, no scheme":       {"--expand-url=" + f, "/"},
		"--next":                      {"/", "--next", foreign.URL},
		"-:":                          {"/", "-:", "/b"},
		"--no-next":                   {"/", "--no-next"},
		"--metalink":                  {"--metalink", "/"},
		"--request-target":            {"--request-target", foreign.URL, "/"},
		"after an unknown flag":       {"--brand-new", f, "/"},
		"after an unknown flag, --":   {"--brand-new", "/", "--", f},
		"an unknown option's URL":     {"--brand-new=" + foreign.URL, "/"},
		"a user name before the host": {"http://" + api.host() + "@" + f + "/"},
	} {
		j := job(t, api, argv...)
		j.AllowUnsafe = true
		if r := run(t, j); r.fault == nil || fault.KindOf(r.fault) != fault.Usage {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if got := foreign.wire() + api.wire(); got != "" {
		t.Errorf("%q was sent", got)
	}
}

// What is not known may take a value: it must not be an option before the URL,
// whose value would then be a URL of its own.
func TestAnUnknownOptionEatsNoOtherOption(t *testing.T) {
	api := newServer(t, nil)
	one := transfer{
		url: api.URL + "/", unknown: []arg{{name: "user-agent"}}, // as if authctl did not know it
		options: []arg{{"data", "foreign.example", true}},
	}
	argv := append(one.argv(extras{config: "/dev/null"}), "-sS")
	if out, err := exec.Command(curlPath(t), argv...).CombinedOutput(); err != nil || string(out) != "answer 1\n" {
		t.Errorf("%q: %v %s", argv, err, out)
	}
	if got := api.seen()[0]; got.header.Get("User-Agent") != "--url" || got.method != "POST" {
		t.Errorf("%+v", got)
	}
}
