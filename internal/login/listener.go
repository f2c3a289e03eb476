package login

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"authctl/internal/fault"
)

const (
	// headerRead ends a client that opens a connection and then dawdles.
	headerRead = 5 * time.Second
	// headerCap is 8 KiB; net/http reads 4 KiB beyond what it is told.
	headerCap = 8<<10 - 4<<10
	// portTries is how often a free port is looked for that is free on both loopbacks.
	portTries = 8
)

// listener holds the loopback sockets of one redirect URI.
type listener struct {
	sockets []net.Listener
	port    int
	server  *http.Server
}

// listen binds the redirect's loopback address. "localhost" is whichever of
// 127.0.0.1 and [::1] the browser tries first (RFC 8252 8.3), so both are
// bound on one port: a port half taken could hand the code to a stranger.
func listen(ctx context.Context, r Redirect) (*listener, error) {
	var err error
	for range portTries {
		l := &listener{port: r.port}
		if err = l.bind(ctx, r.addresses()); err == nil {
			return l, nil
		}
		l.close()
		if r.port != 0 {
			break
		}
	}
	return nil, fault.New(fault.Config, "cannot listen for the redirect at %s: %w", r.uri.Host, err).
		Hint("choose another port with --port, or let login.redirect_uri name port 0 for any free one")
}

func (l *listener) bind(ctx context.Context, addresses []string) error {
	var lc net.ListenConfig
	for i, host := range addresses {
		socket, err := lc.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(l.port)))
		if i > 0 && noSuchAddress(err) {
			continue // a machine without IPv6
		}
		if err != nil {
			return err
		}
		l.sockets = append(l.sockets, socket)
		l.port = socket.Addr().(*net.TCPAddr).Port
	}
	return nil
}

func noSuchAddress(err error) bool {
	return errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT)
}

// serve answers requests until close.
func (l *listener) serve(h http.Handler) {
	l.server = &http.Server{
		Handler: h,
		// No ReadTimeout: it would end the browser that waits for its page.
		ReadHeaderTimeout: headerRead,
		MaxHeaderBytes:    headerCap,
		// "OPTIONS *" is as strange as everything else.
		DisableGeneralOptionsHandler: true,
		// What a stranger sends is no news for the person at the terminal.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	l.server.SetKeepAlivesEnabled(false)
	for _, s := range l.sockets {
		go func() { _ = l.server.Serve(s) }()
	}
}

// close frees the port at once, with whatever is still connected.
func (l *listener) close() {
	for _, s := range l.sockets {
		_ = s.Close()
	}
	if l.server != nil {
		_ = l.server.Close()
	}
}
