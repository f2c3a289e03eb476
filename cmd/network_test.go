package cmd_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const anyProfile = `version: 1
default_profile: x
profiles:
  x:
    token_url: URL
    client: {id: x, auth: none}
    grant: client_credentials
`

const goodToken = `{"access_token":"a-token","token_type":"Bearer","expires_in":300}`

func answerWith(body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

// docs/threats.md 44: whatever the network does, the command ends within its
// deadline, with the exit code of docs/exit-codes.md, one line and a hint.
func TestNetworkFaults(t *testing.T) {
	for name, c := range map[string]struct {
		url  func(t *testing.T) string
		code int
		says string
	}{
		"no such host":       {at("https://no-such-host.invalid/token"), 5, "cannot find the host"},
		"refused":            {closed, 5, "connection refused"},
		"plain HTTP for TLS": {overTLS(raw(answerWith(goodToken))), 5, ""},
		"unknown authority":  {untrusted, 5, "unknown authority"},
		"silence":            {raw(""), 5, "no answer in time"},
		"reset":              {reset, 5, ""},
		"half-closed":        {halfClosed, 5, ""},
		"cut in the status":  {cut("HTTP/1.1 20"), 5, ""},
		"cut in the headers": {cut("HTTP/1.1 200 OK\r\nContent-Type: app"), 5, ""},
		"cut in the body":    {cut(strings.TrimSuffix(answerWith(goodToken), "300}")), 5, "broke off"},
		"then silence":       {raw(strings.TrimSuffix(answerWith(goodToken), "300}")), 5, "no answer in time"},
		"not HTTP":           {cut("220 mail.example ESMTP\r\n"), 5, ""},
		"429":                {status(429, "Retry-After", "3600"), 5, "HTTP 429"},
		"503":                {status(503, "Retry-After", "3600"), 5, "HTTP 503"},
		"a clock behind":     {status(400, "Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)), 4, "ahead of the server's"},
		"a clock ahead":      {status(400, "Date", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)), 4, "behind the server's"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "no such host" && (os.Getenv("HTTPS_PROXY") != "" || os.Getenv("https_proxy") != "") {
				t.Skip("a proxy looks the host up")
			}
			d := &desk{t: t, home: t.TempDir(), in: strings.NewReader("")}
			file := filepath.Join(d.home, "profiles.yaml")
			if err := os.WriteFile(file, []byte(strings.ReplaceAll(anyProfile, "URL", c.url(t))), 0o600); err != nil {
				t.Fatal(err)
			}
			d.env = map[string]string{"HOME": d.home, "AUTHCTL_CONFIG": file, "AUTHCTL_STORE": "none"}
			began := time.Now()
			o := d.must(d.run(t.Context(), "token", "--timeout", "700ms"), c.code)
			if took := time.Since(began); took > 4*time.Second {
				t.Errorf("it took %v", took)
			}
			message, hint, ok := strings.Cut(o.stderr, "\nhint: ")
			switch {
			case !strings.HasPrefix(message, "authctl: x: ") || strings.Contains(message, "\n"):
				t.Errorf("not one line with the profile: %q", message)
			case !ok || hint == "":
				t.Errorf("no hint: %q", o.stderr)
			case !strings.Contains(o.stderr, c.says):
				t.Errorf("%q does not say %q", o.stderr, c.says)
			}
		})
	}
}

func at(url string) func(*testing.T) string { return func(*testing.T) string { return url } }

// closed is a port that nobody listens at.
func closed(t *testing.T) string {
	l := listener(t)
	_ = l.Close()
	return "http://" + l.Addr().String() + "/token"
}

func listener(t *testing.T) net.Listener {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// each serves every connection by f, which may keep it open.
func each(t *testing.T, f func(c *net.TCPConn)) string {
	l := listener(t)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			context.AfterFunc(t.Context(), func() { _ = c.Close() })
			go f(c.(*net.TCPConn))
		}
	}()
	return "http://" + l.Addr().String() + "/token"
}

// request reads what the client sends first, so that it is not answered by a reset.
func request(c *net.TCPConn) { _, _ = c.Read(make([]byte, 64<<10)) }

// raw sends text and leaves the connection open.
func raw(text string) func(*testing.T) string {
	return func(t *testing.T) string {
		return each(t, func(c *net.TCPConn) { request(c); _, _ = c.Write([]byte(text)) })
	}
}

// cut sends text and closes.
func cut(text string) func(*testing.T) string {
	return func(t *testing.T) string {
		return each(t, func(c *net.TCPConn) { request(c); _, _ = c.Write([]byte(text)); _ = c.Close() })
	}
}

func halfClosed(t *testing.T) string {
	return each(t, func(c *net.TCPConn) { request(c); _ = c.CloseWrite() })
}

func reset(t *testing.T) string {
	return each(t, func(c *net.TCPConn) { request(c); _ = c.SetLinger(0); _ = c.Close() })
}

func overTLS(url func(*testing.T) string) func(*testing.T) string {
	return func(t *testing.T) string { return strings.Replace(url(t), "http:", "https:", 1) }
}

func untrusted(t *testing.T) string {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

// status refuses with code and one header.
func status(code int, name, value string) func(*testing.T) string {
	return func(t *testing.T) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(name, value)
			w.WriteHeader(code)
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
}
