package endpoint

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"authctl/internal/fakes"
	"authctl/internal/fault"
)

func vars(pairs map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := pairs[name]; return v, ok }
}

// What a variable of the environment is taken for. "canary" is in every password.
func TestProxyVariables(t *testing.T) {
	for name, c := range map[string]struct {
		env    map[string]string
		target string
		proxy  string // host and variable, "" for a direct connection, "!" for an error
	}{
		"none":                   {nil, "https://as.test/", ""},
		"https":                  {map[string]string{"HTTPS_PROXY": "http://proxy:3128"}, "https://as.test/", "proxy:3128 HTTPS_PROXY"},
		"lower case":             {map[string]string{"https_proxy": "http://proxy:3128/"}, "https://as.test/", "proxy:3128 https_proxy"},
		"upper case first":       {map[string]string{"https_proxy": "b:1", "HTTPS_PROXY": "a:1"}, "https://as.test/", "a:1 HTTPS_PROXY"},
		"an empty one is none":   {map[string]string{"https_proxy": "b:1", "HTTPS_PROXY": ""}, "https://as.test/", "b:1 https_proxy"},
		"for all":                {map[string]string{"ALL_PROXY": "socks5://proxy:1080"}, "https://as.test/", "proxy:1080 ALL_PROXY"},
		"its own goes first":     {map[string]string{"ALL_PROXY": "a:1", "https_proxy": "b:1"}, "https://as.test/", "b:1 https_proxy"},
		"another scheme's":       {map[string]string{"HTTP_PROXY": "a:1"}, "https://as.test/", ""},
		"http":                   {map[string]string{"http_proxy": "a:1"}, "http://as.test/", "a:1 http_proxy"},
		"a header in CGI":        {map[string]string{"HTTP_PROXY": "a:1", "REQUEST_METHOD": "GET"}, "http://as.test/", "!"},
		"no scheme":              {map[string]string{"HTTPS_PROXY": "user:canary@proxy:3128"}, "https://as.test/", "proxy:3128 HTTPS_PROXY"},
		"encoded":                {map[string]string{"HTTPS_PROXY": "http://user:c%40n%23canary@proxy:3128"}, "https://as.test/", "proxy:3128 HTTPS_PROXY"},
		"this machine":           {map[string]string{"HTTPS_PROXY": "a:1"}, "https://127.0.0.1:8443/", ""},
		"excepted":               {map[string]string{"HTTPS_PROXY": "a:1", "NO_PROXY": "as.test"}, "https://as.test/", ""},
		"excepted by its domain": {map[string]string{"HTTPS_PROXY": "a:1", "no_proxy": "b.test, .test"}, "https://as.test/", ""},
		"another is excepted":    {map[string]string{"HTTPS_PROXY": "a:1", "NO_PROXY": "bas.test"}, "https://as.test/", "a:1 HTTPS_PROXY"},
		"malformed but excepted": {map[string]string{"HTTPS_PROXY": "http://u:canary@x@y", "NO_PROXY": "*"}, "https://as.test/", ""},
		"malformed for another":  {map[string]string{"HTTP_PROXY": "::::"}, "https://as.test/", ""},

		"an @ in the password":  {map[string]string{"HTTPS_PROXY": "http://user:c@canary@proxy:3128"}, "https://as.test/", "!"},
		"a # in the password":   {map[string]string{"HTTPS_PROXY": "http://user:canary#x@proxy:3128"}, "https://as.test/", "!"},
		"a / in the password":   {map[string]string{"HTTPS_PROXY": "http://user:canary/x@proxy:3128"}, "https://as.test/", "!"},
		"a / after digits":      {map[string]string{"HTTPS_PROXY": "http://user:12/canary@proxy:3128"}, "https://as.test/", "!"},
		"a ? in the password":   {map[string]string{"HTTPS_PROXY": "http://user:1?canary@proxy:3128"}, "https://as.test/", "!"},
		"a % in the password":   {map[string]string{"HTTPS_PROXY": "http://user:canary%zz@proxy:3128"}, "https://as.test/", "!"},
		"a trailing blank":      {map[string]string{"HTTPS_PROXY": "http://user:canary@proxy:3128 "}, "https://as.test/", "!"},
		"a line break":          {map[string]string{"HTTPS_PROXY": "http://user:canary@proxy:3128\n"}, "https://as.test/", "!"},
		"a blank in front":      {map[string]string{"HTTPS_PROXY": " http://user:canary@proxy:3128"}, "https://as.test/", "!"},
		"no port after a colon": {map[string]string{"HTTPS_PROXY": "http://proxy:"}, "https://as.test/", "!"},
		"a port that is none":   {map[string]string{"HTTPS_PROXY": "http://proxy:99999"}, "https://as.test/", "!"},
		"no host":               {map[string]string{"HTTPS_PROXY": "http://"}, "https://as.test/", "!"},
		"a page":                {map[string]string{"HTTPS_PROXY": "http://proxy/proxy.pac"}, "https://as.test/", "!"},
		"another scheme":        {map[string]string{"HTTPS_PROXY": "ftp://user:canary@proxy:21"}, "https://as.test/", "!"},
		"a word":                {map[string]string{"ALL_PROXY": "http:/proxy:1"}, "https://as.test/", "!"},
	} {
		u, err := url.Parse(c.target)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		p, err := proxiesOf(vars(c.env)).of(u)
		switch {
		case err != nil:
			got = "!"
			f := Lost("token_url", c.target, err)
			if strings.Contains(f.Error()+strings.Join(f.Hints, ""), "canary") || !strings.Contains(f.Error(), "_PROXY") || len(f.Hints) == 0 && c.env["REQUEST_METHOD"] == "" {
				t.Errorf("%s: %v %q", name, f, f.Hints)
			}
		case p != nil:
			got = p.Host + " " + p.Variable
		}
		if got != c.proxy {
			t.Errorf("%s: %q, want %q (%v)", name, got, c.proxy, err)
		}
	}
}

// A request through a proxy: what -v and a person are told, and that the
// proxy's credentials are in neither.
func TestThroughAProxy(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{}`)) }))
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	foreign := httptest.NewUnstartedServer(nil)
	foreign.TLS = &tls.Config{Certificates: []tls.Certificate{selfSigned(t)}}
	foreign.Config.ErrorLog = log.New(io.Discard, "", 0)
	foreign.StartTLS()
	defer foreign.Close()
	const target = "https://example.com/token" // the name in httptest's certificate
	for name, c := range map[string]struct {
		change   func(*fakes.Proxy)
		variable string
		value    string // PROXY is its address
		url      string // else target
		kind     fault.Kind
		says     string // in message and hints
		again    bool   // worth another attempt
	}{
		"works":               {nil, "HTTPS_PROXY", "http://PROXY", "", 0, "", false},
		"with credentials":    {func(p *fakes.Proxy) { p.User = "me:canary" }, "https_proxy", "http://me:canary@PROXY", "", 0, "", false},
		"encoded":             {func(p *fakes.Proxy) { p.User = "me:can@ry" }, "ALL_PROXY", "me:can%40ry@PROXY", "", 0, "", false},
		"wants credentials":   {func(p *fakes.Proxy) { p.User = "me:canary" }, "HTTPS_PROXY", "http://PROXY", "", fault.Network, "wants credentials (HTTP 407) [set HTTPS_PROXY to http://USER:PASSWORD@", false},
		"wrong credentials":   {func(p *fakes.Proxy) { p.User = "me:x" }, "HTTPS_PROXY", "http://me:canary@PROXY", "", fault.Network, "refused the credentials in HTTPS_PROXY (HTTP 407) [check user name and password", false},
		"NTLM":                {func(p *fakes.Proxy) { p.User, p.Challenge = "me:x", "NTLM" }, "HTTPS_PROXY", "http://me:canary@PROXY", "", fault.Network, "by NTLM (HTTP 407)", false},
		"several, none Basic": {func(p *fakes.Proxy) { p.User, p.Challenge = "me:x", "Negotiate, NTLM" }, "HTTPS_PROXY", "http://PROXY", "", fault.Network, "by Negotiate or NTLM (HTTP 407)", false},
		"Basic in a name":     {func(p *fakes.Proxy) { p.User, p.Challenge = "me:x", `Digest realm="Basic, or not", nonce="x"` }, "HTTPS_PROXY", "http://PROXY", "", fault.Network, "by Digest (HTTP 407)", false},
		"Basic among others":  {func(p *fakes.Proxy) { p.User, p.Challenge = "me:x", `NTLM, basic realm="x"` }, "HTTPS_PROXY", "http://PROXY", "", fault.Network, "wants credentials (HTTP 407)", false},
		"a proxy over TLS":    {nil, "HTTPS_PROXY", "https://TLS", "", fault.Network, `(HTTPS_PROXY): its certificate is signed by itself ("Foreign Proxy"), which is an unknown authority [the file of tls.ca replaces`, false},
		"plain http and 407":  {func(p *fakes.Proxy) { p.User = "me:x" }, "HTTP_PROXY", "http://PROXY", "http://example.com/token", fault.Network, "(HTTP_PROXY) wants credentials", false},
		"forbidden":           {func(p *fakes.Proxy) { p.Status = 403 }, "HTTPS_PROXY", "http://PROXY", "", fault.Network, "does not connect to example.com: HTTP 403 Forbidden", false},
		"nothing behind it":   {func(p *fakes.Proxy) { p.Status = 503 }, "HTTPS_PROXY", "http://PROXY", "", fault.Network, "could not connect to example.com: HTTP 503", true},
		"dead":                {nil, "https_proxy", "http://me:canary@127.0.0.1:1", "", fault.Network, "the proxy 127.0.0.1:1 (https_proxy): nothing listens there", true},
		"unknown":             {nil, "HTTPS_PROXY", "http://me:canary@no-such-proxy.invalid:3128", "", fault.Network, "the proxy no-such-proxy.invalid:3128 (HTTPS_PROXY): cannot find the host no-such-proxy.invalid", false},
		"speaks something":    {nil, "HTTPS_PROXY", "http://SMTP", "", fault.Network, "(HTTPS_PROXY): what answers there does not speak HTTP", true},
		"malformed":           {nil, "HTTPS_PROXY", "http://me:c@nary@PROXY", "", fault.Config, "HTTPS_PROXY names no proxy", false},
		"another certificate": {nil, "HTTPS_PROXY", "http://me:canary@PROXY", "https://as.test/token", fault.Network, "another host's: ", false},
	} {
		t.Run(name, func(t *testing.T) {
			proxy := fakes.NewProxy(server.Listener.Addr().String())
			defer proxy.Close()
			if c.change != nil {
				c.change(proxy)
			}
			value := strings.NewReplacer("PROXY", proxy.Addr(), "SMTP", greeter(t), "TLS", foreign.Listener.Addr().String()).Replace(c.value)
			address := target
			if c.url != "" {
				address = c.url
			}
			var trace bytes.Buffer
			client := &Client{
				HTTP: NewTransport(Setup{TLS: &tls.Config{RootCAs: roots}, Env: vars(map[string]string{c.variable: value})}),
				Now:  time.Now, Trace: TextTrace{&trace},
			}
			_, err := client.Post(t.Context(), request(address))
			shown := trace.String()
			if err != nil {
				f := Lost("token_url", address, err)
				shown += f.Error() + " [" + strings.Join(f.Hints, "; ") + "]"
				if f.Kind != c.kind || !strings.Contains(shown, c.says) || Transient(err) != c.again {
					t.Errorf("%s, transient %t: %s", f.Kind, Transient(err), shown)
				}
			} else if c.kind != 0 || len(proxy.Asked()) != 1 || !strings.Contains(shown, "* through the proxy "+proxy.Addr()+" ("+c.variable+")\n") {
				t.Errorf("asked %q: %s", proxy.Asked(), shown)
			}
			if strings.Contains(shown, "canary") || strings.Contains(shown, "nary@") {
				t.Errorf("credentials are shown: %s", shown)
			}
			var lost *SendError
			if errors.As(err, &lost) && lost.Sent != (c.url == "http://example.com/token") {
				t.Errorf("sent: %t", lost.Sent)
			}
		})
	}
}

// selfSigned is a certificate that nobody trusts.
func selfSigned(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Foreign Proxy"}, IPAddresses: []net.IP{{127, 0, 0, 1}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// greeter speaks first, and no HTTP.
func greeter(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("220 mail.example ESMTP\r\n"))
			_, _ = c.Read(make([]byte, 1024))
			_ = c.Close()
		}
	}()
	return l.Addr().String()
}
