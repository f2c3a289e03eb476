package fakes

import (
	"cmp"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// Proxy is an HTTP proxy on this machine. Whatever host a client wants, it is
// connected to To.
type Proxy struct {
	To        string // host:port
	User      string // USER:PASSWORD that is wanted, "" for nobody's
	Challenge string // instead of Basic
	Status    int    // answered instead of connecting, 0 for none

	server *httptest.Server
	mu     sync.Mutex
	asked  []string // METHOD HOST
}

// NewProxy starts one that leads to the host:port to; Close ends it.
func NewProxy(to string) *Proxy {
	p := &Proxy{To: to}
	p.server = httptest.NewServer(p)
	return p
}

// Addr is its host:port.
func (p *Proxy) Addr() string { return strings.TrimPrefix(p.server.URL, "http://") }

// Close ends it, and with it the tunnels that nobody uses.
func (p *Proxy) Close() { p.server.Close() }

// Asked is what it was asked for, such as "CONNECT as.test:443".
func (p *Proxy) Asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.asked...)
}

// ServeHTTP answers one request.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, r.Method+" "+r.Host)
	p.mu.Unlock()
	if p.User != "" && r.Header.Get("Proxy-Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte(p.User)) {
		challenge := p.Challenge
		if challenge == "" {
			challenge = `Basic realm="a proxy"`
		}
		w.Header().Set("Proxy-Authenticate", challenge)
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	if p.Status != 0 || r.Method != http.MethodConnect {
		w.WriteHeader(cmp.Or(p.Status, http.StatusMethodNotAllowed))
		return
	}
	p.tunnel(w, r)
}

func (p *Proxy) tunnel(w http.ResponseWriter, r *http.Request) {
	there, err := new(net.Dialer).DialContext(r.Context(), "tcp", p.To)
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	defer func() { _ = there.Close() }()
	here, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = here.Close() }()
	if _, err := io.WriteString(here, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	done := make(chan struct{}, 2)
	pipe := func(to, from net.Conn) {
		_, _ = io.Copy(to, from)
		_ = to.Close()
		done <- struct{}{}
	}
	go pipe(there, here)
	go pipe(here, there)
	<-done
	<-done
}
