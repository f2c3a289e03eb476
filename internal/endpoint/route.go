package endpoint

import (
	"context"
	"sync"

	"authctl/internal/fault"
)

// Route is how a request went to its server, as far as it came: for `-v`, and
// for whoever explains why no answer came.
type Route struct {
	Proxy          *Proxy // nil: directly
	Connected      bool   // the proxy made its tunnel
	HasCertificate bool   // the profile has a client certificate
	Field          string // what the profile decides about it by; "": tls.client_certificate
	Asked          bool   // the server asked for one; what the profile has was sent
	OwnRoots       bool   // tls.ca says whom to trust, not the system
	RootsFile      string // SSL_CERT_FILE, "" where it is not set

	unsigned *fault.Error // why the signer of the client certificate's key did not sign
}

// standardField is where a profile has the client certificate of its server.
const standardField = "tls.client_certificate"

// unset is what to do where a server wants a client certificate and got none.
func (r Route) unset() string {
	if r.Field != "" {
		return "check " + r.Field
	}
	return "set " + standardField + " and tls.client_key"
}

// Via is ", through PROXY" for a sentence, "" for a direct connection.
func (r Route) Via() string {
	if r.Proxy == nil {
		return ""
	}
	return ", through " + r.Proxy.String()
}

// lines are what a trace says of the route.
func (r Route) lines(overTLS bool) []string {
	var lines []string
	if r.Proxy != nil {
		lines = append(lines, "through "+r.Proxy.String())
	}
	switch {
	case r.Asked && r.HasCertificate:
		lines = append(lines, "client certificate: asked for and sent")
	case r.Asked && r.Field != "":
		lines = append(lines, "client certificate: asked for, and none is shown")
	case r.Asked:
		lines = append(lines, "client certificate: asked for, and "+standardField+" is not set")
	case r.HasCertificate && overTLS:
		lines = append(lines, "client certificate: not asked for, so not sent")
	}
	return lines
}

// wayError is a request that failed, with the way that it took.
type wayError struct {
	route Route
	cause error
}

func (e *wayError) Error() string { return e.cause.Error() }
func (e *wayError) Unwrap() error { return e.cause }

// signerError is a handshake that the signer of tls.client_key did not sign.
type signerError struct{ cause *fault.Error }

func (e signerError) Error() string { return e.cause.Error() }
func (e signerError) Unwrap() error { return e.cause }

// recorder lets a handshake, which has a goroutine of its own, add to a route.
type recorder struct {
	mu    sync.Mutex
	route Route
}

type recorderKey struct{}

func recorded(ctx context.Context) (context.Context, *recorder) {
	r := &recorder{}
	return context.WithValue(ctx, recorderKey{}, r), r
}

func (r *recorder) get() Route {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.route
}

// note changes the route of the request that ctx belongs to.
func note(ctx context.Context, change func(*Route)) {
	r, ok := ctx.Value(recorderKey{}).(*recorder)
	if !ok {
		r = &recorder{} // a request that nobody follows
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.route)
}
