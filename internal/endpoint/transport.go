package endpoint

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"authctl/internal/keys"
)

// ConnectTimeout bounds DNS, TCP and, apart, the TLS handshake (docs/network.md).
const ConnectTimeout = 5 * time.Second

// signTimeout is how long the signer of tls.client_key may take, which a handshake
// waits for beside: within RequestTimeout, so that it is the signer that is blamed.
const signTimeout = 12 * time.Second

// Setup is what decides about the way to a server.
type Setup struct {
	TLS   *tls.Config                      // nil: the system's authorities and no client certificate
	Env   func(name string) (string, bool) // where proxies are named; nil: none
	Field string                           // see Route.Field
}

// NewTransport is the real network: no keep-alive, bounded handshakes and
// headers, proxies from the environment, at least TLS 1.2.
func NewTransport(s Setup) *http.Transport {
	w := way{setup: s, proxies: proxiesOf(s.Env)}
	return &http.Transport{
		Proxy:                  w.begin,
		OnProxyConnectResponse: connected,
		DialContext:            (&net.Dialer{Timeout: ConnectTimeout}).DialContext,
		TLSClientConfig:        w.tls(),
		TLSHandshakeTimeout:    w.handshake(),
		ResponseHeaderTimeout:  RequestTimeout,
		MaxResponseHeaderBytes: 64 << 10,
		DisableKeepAlives:      true,
		// HTTP/2 would share connections and retry by itself.
		Protocols: http1(),
	}
}

// way is what one transport knows of the ways that its requests take.
type way struct {
	setup   Setup
	proxies proxies
}

// begin is asked for the proxy of every request, before anything is sent.
func (w way) begin(r *http.Request) (*url.URL, error) {
	proxy, err := w.proxies.of(r.URL)
	note(r.Context(), func(route *Route) {
		route.Proxy, route.HasCertificate, route.Field = proxy, w.hasCertificate(), w.setup.Field
		route.OwnRoots = w.setup.TLS != nil && w.setup.TLS.RootCAs != nil
		if w.setup.Env != nil {
			route.RootsFile, _ = w.setup.Env("SSL_CERT_FILE")
		}
		if !route.OwnRoots {
			RootsAhead(r.URL.Scheme)
		}
	})
	if proxy == nil || err != nil {
		return nil, err
	}
	return proxy.url, nil
}

// RootsAhead begins to read the system's authorities when a request to scheme
// is certain: it takes some 10 ms, as long as secrets, DNS and connecting do.
// crypto/x509 reads them once, and a handshake that is earlier waits for that.
func RootsAhead(scheme string) {
	if scheme == "https" {
		go func() { _, _ = x509.SystemCertPool() }() // the handshake says what is wrong with them
	}
}

func (w way) hasCertificate() bool { return w.setup.TLS != nil && len(w.setup.TLS.Certificates) > 0 }

// tls gives the client certificate to every server that asks for one. By
// itself crypto/tls leaves it out when the server's list of authorities lacks
// its issuer, which is nothing that the list is for where the certificate is
// known by itself: self-signed (RFC 8705 2.2), or a leaf without its chain.
func (w way) tls() *tls.Config {
	config := &tls.Config{}
	if w.setup.TLS != nil {
		config = w.setup.TLS.Clone()
	}
	config.MinVersion = tls.VersionTLS12
	config.GetClientCertificate = func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		certificate := &tls.Certificate{}
		note(info.Context(), func(route *Route) {
			if route.Proxy != nil && route.Proxy.url.Scheme == "https" && !route.Connected {
				return // the proxy asks, whom it was not made for
			}
			route.Asked = true
			if w.hasCertificate() {
				own := w.setup.TLS.Certificates[0]
				own.PrivateKey = keys.ForHandshake(info.Context(), own.PrivateKey, signTimeout, func(err error) {
					note(info.Context(), func(route *Route) { _ = errors.As(err, &route.unsigned) })
				})
				certificate = &own
			}
		})
		return certificate, nil
	}
	return config
}

// handshake is how long one may take.
func (w way) handshake() time.Duration {
	if w.hasCertificate() && keys.IsProgram(w.setup.TLS.Certificates[0].PrivateKey) {
		return ConnectTimeout + signTimeout
	}
	return ConnectTimeout
}

// connected is a proxy's answer to CONNECT (RFC 9110 9.3.6).
func connected(ctx context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return proxyAnswer(resp)
	}
	note(ctx, func(route *Route) { route.Connected = true })
	return nil
}

func http1() *http.Protocols {
	var p http.Protocols
	p.SetHTTP1(true)
	return &p
}
