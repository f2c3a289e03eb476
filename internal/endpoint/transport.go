package endpoint

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// ConnectTimeout bounds DNS, TCP and, apart, the TLS handshake (docs/network.md).
const ConnectTimeout = 5 * time.Second

// NewTransport is the real network: no keep-alive, bounded handshakes and
// headers, proxies from the environment, at least TLS 1.2. config may be nil.
func NewTransport(config *tls.Config) *http.Transport {
	if config == nil {
		config = &tls.Config{}
	}
	config.MinVersion = tls.VersionTLS12
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: ConnectTimeout}).DialContext,
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    ConnectTimeout,
		ResponseHeaderTimeout:  RequestTimeout,
		MaxResponseHeaderBytes: 64 << 10,
		DisableKeepAlives:      true,
		// HTTP/2 would share connections and retry by itself.
		Protocols: http1(),
	}
}

func http1() *http.Protocols {
	var p http.Protocols
	p.SetHTTP1(true)
	return &p
}
