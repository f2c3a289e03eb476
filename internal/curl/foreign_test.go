package curl

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authctl/internal/fault"
)

// docs/threats.md 32 and 33: whatever is typed, the foreign server gets nothing
// secret, and what would have sent it something is refused with the reason.
func TestNothingSecretArrivesAtAForeignServer(t *testing.T) {
	foreign := newServer(t, nil)
	api := newServer(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/redirect" {
			http.Redirect(w, r, foreign.URL+"/caught", http.StatusTemporaryRedirect)
		}
	})
	f, a := foreign.host(), api.host()
	_, fport, _ := strings.Cut(f, ":")
	ahost, aport, _ := strings.Cut(a, ":")
	dir := t.TempDir()
	config, list := filepath.Join(dir, "config"), filepath.Join(dir, "list")
	for path, text := range map[string]string{config: "url = " + foreign.URL + "\n", list: foreign.URL + "\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, ".curlrc"), []byte("proxy = "+foreign.URL+"\nverbose\nurl = "+foreign.URL+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused := [][]string{
		{foreign.URL},
		{f},
		{f + "/x"},
		{"HTTP://" + f},
		{"hTTp:" + foreign.URL[5:]},
		{"--url", foreign.URL},
		{"--url=" + foreign.URL},
		{"--url", "@" + list},
		{"--ur", foreign.URL},
		{"/", foreign.URL},
		{"/", "--next", foreign.URL},
		{"/", "-:", "--url", foreign.URL},
		{"-sSLo", "x", "/", "-o", "y", foreign.URL},
		{"-so/dev/null", foreign.URL},
		{"--", "/", foreign.URL},
		{"-g", "http://{" + a + "," + f + "}/"},
		{"http://{" + a + "," + f + "}/"},
		{"http://127.0.0.[1-2]:" + fport + "/"},
		{"http://127.0.0.1:[" + fport + "-" + fport + "]/"},
		{"http://" + a + "@" + f + "/"},
		{"http://user:pass@" + a + "/"},
		{"http://" + a + "\\@" + f + "/"},
		{"http://" + f + "\\@" + a + "/"},
		{"http://" + f + "#@" + a + "/"},
		{"http://" + f + "?@" + a + "/"},
		{"http://" + a + "%2f@" + f + "/"},
		{"http://" + a + "\t" + f},
		{"http://" + a + "\n@" + f},
		{"http:\\\\" + f + "/"},
		{"http:/" + f + "/"},
		{"http:///" + f + "/"},
		{"http:" + f},
		{"http://" + f + "./"},
		{"http://\uff11\uff12\uff17.0.0.1:" + fport + "/"},
		{"http://[::1]:" + fport + "/"},
		{"http://[::ffff:127.0.0.1]:" + fport + "/"},
		{"http://0x7f.1:" + fport + "/"},
		{"http://2130706433:" + fport + "/"},
		{"http://127.1:" + fport + "/"},
		{"http://localhost:" + fport + "/"},
		{"http://" + ahost + "/"},
		{"http://" + ahost + ":0/"},
		{"http://" + ahost + ":" + aport + "0/"},
		{"http://" + ahost + ":" + aport + ":" + fport + "/"},
		{"file:///etc/passwd"},
		{"ftp://" + a + "/"},
		{"gopher://" + f + "/"},
		{"telnet://" + f},
		{"dict://" + f},
		{"ws://" + a},
		{"https://" + f},
		{"-K", config, "/"},
		{"-K" + config, "/"},
		{"--config", config, "/"},
		{"--config=" + config, "/"},
		{"-sK", config, "/"},
		{"--proxy", foreign.URL, "/"},
		{"-x", foreign.URL, "/"},
		{"-x" + f, "/"},
		{"-sSx", f, "/"},
		{"--proxy=" + f, "/"},
		{"--preproxy", "socks5://" + f, "/"},
		{"--socks4", f, "/"},
		{"--socks4a", f, "/"},
		{"--socks5", f, "/"},
		{"--socks5-hostname", f, "/"},
		{"--proxy1.0", f, "/"},
		{"--connect-to", "::" + f, "/"},
		{"--resolve", ahost + ":" + aport + ":127.0.0.1", "/"},
		{"--unix-socket", "/tmp/x", "/"},
		{"--abstract-unix-socket", "x", "/"},
		{"--doh-url", "https://" + f, "/"},
		{"--dns-servers", "127.0.0.1", "/"},
		{"--alt-svc", config, "/"},
		{"--request-target", foreign.URL, "/"},
		{"-k", "/"},
		{"--insecure", "/"},
		{"-sk", "/"},
		{"--ciphers", "NULL", "/"},
		{"--engine", "x", "/"},
		{"-v", "/"},
		{"-sv", "/"},
		{"--verbose", "/"},
		{"--trace", "-", "/"},
		{"--trace-ascii", "-", "/"},
		{"--libcurl", "-", "/"},
		{"--trace-config", "all", "/"},
		{"-u", "a:b", "/"},
		{"-n", "/"},
		{"--netrc", "/"},
		{"--netrc-file", config, "/"},
		{"--oauth2-bearer", "x", "/"},
		{"--negotiate", "/"},
		{"-L", "/redirect"},
		{"--location", "/redirect"},
		{"--location-trusted", "/redirect"},
		{"--follow", "/redirect"},
		{"-sSL", "/redirect"},
		{"-L", "--proto-redir", "all", "/"},
		{"--variable", "x=" + f, "--expand-url", "http://{{x}}/"},
		{"--expand-url", foreign.URL},
		{"--expand-proxy", f, "/"},
		{"--metalink", "/"},
		{"--conf", config, "/"},
		{"--expand-data", "x", "/"},
		{"--url", "@" + list, "/"},
		{"--ipfs-gateway", foreign.URL, "/"},
		{"--unknown-option", foreign.URL, "/"},
		{"-@", "/"},
		{"-", "/"},
		{"--prox", f, "/"},
		{"--next", "/"},
		{},
		{"-d", "x"},
		{"-o"},
		{"/", "-H"},
		{"--fail=1", "/"},
		{"-H", "Authorization: x", "/"},
		{"-H", "Host: " + f, "/"},
	}
	for _, argv := range refused {
		j := job(t, api, argv...)
		j.Tokens = &purse{failAt: 1}
		r := run(t, j)
		if kind := fault.KindOf(r.fault); r.fault == nil || kind != fault.Usage || r.out != "" {
			t.Errorf("%q: %+v", argv, r)
		}
		if err := j.Check(); err == nil {
			t.Errorf("%q: Check found nothing", argv)
		}
	}
	if foreign.wire() != "" || len(api.seen()) > 0 {
		t.Fatalf("something was sent: %q, %v", foreign.wire(), api.seen())
	}

	// What is allowed to run must still tell the foreign server nothing.
	for _, argv := range [][]string{
		{"-sS", "/redirect"},
		{"-sSL", "-m", "9", "/redirect"},
		{"-sS", "/?url=" + foreign.URL},
		{"-sS", "//" + f + "/x"},
		{"-sS", "//" + f + "@x/"},
		{"-sS", "-e", foreign.URL, "/"},
	} {
		j := job(t, api, argv...)
		if argv[0] == "-sSL" {
			j.Headers, j.HeaderNames = nil, nil // Authorization alone: curl keeps it from other hosts
		}
		j.Environ = append(j.Environ, "HOME="+home, "http_proxy="+foreign.URL, "ALL_PROXY="+foreign.URL, "all_proxy="+foreign.URL)
		if r := run(t, j); r.fault != nil || r.code != 0 {
			t.Errorf("%q: %+v", argv, r)
		}
	}
	if got := foreign.wire(); strings.Contains(got, "canary") || !strings.Contains(got, "/caught") {
		t.Errorf("the foreign server got %q", got)
	}
}

// https through a proxy of the environment is a tunnel; the proxy learns the name.
func TestAProxyOfTheEnvironmentLearnsNoSecret(t *testing.T) {
	proxy := newServer(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	api := newServer(t, nil)
	j := job(t, api, "-sS", "https://api.example.test/x")
	j.Hosts = []string{"api.example.test"}
	j.Environ = append(j.Environ, "https_proxy="+proxy.URL)
	if r := run(t, j); r.code != 56 && r.code != 7 || r.fault != nil {
		t.Errorf("%+v", r)
	}
	if got := proxy.wire(); !strings.HasPrefix(got, "CONNECT api.example.test:443") || strings.Contains(got, "canary") {
		t.Errorf("%q", got)
	}
}

func TestUnsafeOptionsPassWhenAskedFor(t *testing.T) {
	api := newServer(t, nil)
	foreign := newServer(t, nil)
	for _, argv := range [][]string{
		{"-sS", "-k", "/"},
		{"-sS", "--connect-to", "::" + api.host(), "/"},
		{"-sS", "-x", api.URL, "/"},
		{"-sSL", "/"},
		{"-sS", "--no-insecure", "/"},
		{"-sS", "-u", "a:b", "/"},
	} {
		j := job(t, api, argv...)
		j.AllowUnsafe = true
		api.reset()
		if r := run(t, j); r.fault != nil || r.code != 0 || len(api.seen()) != 1 {
			t.Errorf("%q: %+v", argv, r)
		}
	}
	// The host list holds all the same.
	j := job(t, api, "-sS", foreign.URL)
	j.AllowUnsafe = true
	if r := run(t, j); fault.KindOf(r.fault) != fault.Usage || foreign.wire() != "" {
		t.Errorf("%+v", r)
	}
}

// docs/threats.md 33: from https a redirect leads to https only, whoever is there.
func TestARedirectNeverStepsDown(t *testing.T) {
	plain := newServer(t, nil)
	api := httptest.NewTLSServer(http.RedirectHandler(plain.URL+"/caught", http.StatusTemporaryRedirect))
	defer api.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: api.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	j := job(t, plain, "-sSL", "/")
	j.BaseURL, j.Hosts = api.URL, []string{strings.TrimPrefix(api.URL, "https://")}
	j.Headers, j.HeaderNames, j.Certificates = nil, nil, Certificates{CA: ca}
	// 1: a protocol that is not allowed (curl(1), EXIT CODES).
	if r := run(t, j); r.fault != nil || r.code != 1 || plain.wire() != "" {
		t.Errorf("%+v; over http came %q", r, plain.wire())
	}
}

func TestTheChildsEnvironment(t *testing.T) {
	got := childEnviron([]string{"PATH=/bin", "AUTHCTL_SECRET_A_B=x", "MY_SECRET=x", "SSLKEYLOGFILE=/tmp/x", "HTTPS_PROXY=p"}, []string{"MY_SECRET"})
	if strings.Join(got, " ") != "PATH=/bin HTTPS_PROXY=p" {
		t.Error(got)
	}
}
