package endpoint

import (
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
)

// A connection that was cut after the server had asked for a certificate in vain
// is most likely cut for that; where one was sent, or none was asked for, it is not.
func TestCutWithoutTheCertificate(t *testing.T) {
	for name, c := range map[string]struct {
		route Route
		err   error
		says  bool
	}{
		"reset":                 {Route{Asked: true}, syscall.ECONNRESET, true},
		"closed":                {Route{Asked: true}, io.ErrUnexpectedEOF, true},
		"closed here":           {Route{Asked: true}, net.ErrClosed, true},
		"refused":               {Route{Asked: true}, syscall.ECONNREFUSED, false},
		"the certificate is in": {Route{Asked: true, HasCertificate: true}, syscall.ECONNRESET, false},
		"not asked for":         {Route{}, syscall.ECONNRESET, false},
	} {
		f := Lost("token_url", "https://as.test/token", &wayError{c.route, c.err})
		text := f.Error() + strings.Join(f.Hints, "")
		if strings.Contains(text, "asked for a client certificate") != c.says || strings.Contains(text, "set tls.client_certificate") != c.says {
			t.Errorf("%s: %s", name, text)
		}
	}
}
