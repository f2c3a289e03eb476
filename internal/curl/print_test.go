package curl

import (
	"strings"
	"testing"

	"authctl/internal/fault"
)

func TestPrintHidesEverySecretAndRunsNothing(t *testing.T) {
	api := newServer(t, nil)
	j := job(
		t, api, "-sS", "-H", "X-Mine: user-secret-1", "-H", "Accept: text/plain", "-d", "password=user-secret-2", "-b", "sid=user-secret-3",
		"--cert", "crt.pem:user-secret-4", "-F", "a=user-secret-5", "--pass", "user-secret-6", "-d", "@file", "/it's",
	)
	j.Tokens, j.Certificates = &purse{failAt: 1}, Certificates{Key: "/key.pem"}
	got, err := j.Print()
	if err != nil || len(api.seen()) > 0 {
		t.Fatalf("%v, %d calls", err, len(api.seen()))
	}
	if strings.Contains(got, "user-secret") || strings.Contains(got, "canary") {
		t.Errorf("%s", got)
	}
	want := "curl -q --config /dev/fd/3 --silent --show-error --header 'X-Mine: [hidden]' --header 'Accept: text/plain' --data '[hidden]' " +
		"--cookie '[hidden]' --cert '[hidden]' --form '[hidden]' --pass '[hidden]' --data @file --noproxy '*' --globoff --url '" + api.URL + "/it'\\''s'\n" +
		"# /dev/fd/3:\n#   header = \"Authorization: bearer [hidden]\"\n#   header = \"X-Key: [hidden]\"\n#   key = \"/key.pem\"\n"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	j.ByStdin = true // as on Windows
	byStdin := strings.NewReplacer("--config /dev/fd/3", "--config -", "# /dev/fd/3:", "# stdin:").Replace(want)
	if got, err := j.Print(); err != nil || got != byStdin {
		t.Errorf("%v, got %s\nwant %s", err, got, byStdin)
	}
	j.Argv = []string{"-k", "/"}
	if _, err := j.Print(); fault.KindOf(err) != fault.Usage {
		t.Error(err)
	}
}

func TestPrintHidesWhatUnsafeOptionsBring(t *testing.T) {
	j := job(
		t, newServer(t, nil), "--proxy-header", "X-Mine: user-secret-1", "--proxy-user", "user-secret-2", "--socks5", "a:user-secret-3@h",
		"--socks5-hostname", "a:user-secret-4@h", "--proxy1.0", "a:user-secret-5@h", "--socks4a", "a:user-secret-6@h", "--socks4", "a:user-secret-7@h",
		"--new-option=user-secret-8", "/",
	)
	j.AllowUnsafe = true
	got, err := j.Print()
	if err != nil || strings.Contains(got, "user-secret") {
		t.Errorf("%s %v", got, err)
	}
	for _, want := range []string{"--proxy-header 'X-Mine: [hidden]'", "'--new-option=[hidden]' --url "} {
		if !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
}
