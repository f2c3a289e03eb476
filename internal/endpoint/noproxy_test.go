package endpoint

import (
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/http/httpproxy"
)

// NO_PROXY means what it means to every other program in Go.
func FuzzNoProxy(f *testing.F) {
	for _, host := range []string{
		"as.test", "AS.test:8443", "b.as.test", "bas.test", "localhost", "127.0.0.1:8080", "10.1.2.3", "10.1.2.3:443",
		"[::1]:8443", "[2001:db8::1]", "[2001:db8::1]:444", "[::ffff:10.1.2.3]", "test",
	} {
		for _, list := range []string{
			"", "*", ",,", "as.test", ".as.test", "*.as.test", "*as.test", "AS.TEST", "b.test, as.test", "as.test:443", "as.test:8443", ".test:443",
			"10.0.0.0/8", "10.1.2.3", "10.1.2.3:443", "10.1.2.3:444", "2001:db8::/32", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:444",
			":443", ".", "*.", "test", "10.0.0.0/99", "b.test,*", "::ffff:10.1.2.3", " as.test ",
		} {
			f.Add("https://"+host+"/token", list)
			f.Add("http://"+host, list)
		}
	}
	f.Fuzz(func(t *testing.T, target, list string) {
		u, err := url.Parse(target)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || strings.ContainsAny(u.Hostname(), "[] ") || u.Hostname() == "" || !ascii(u.Host+list) {
			t.Skip("no URL that a request goes to, or a name whose spelling the library changes")
		}
		u.Host = strings.ToLower(u.Host) // the library sends LOCALHOST to the proxy
		const some = "http://proxy.invalid"
		want, err := (&httpproxy.Config{HTTPProxy: some, HTTPSProxy: some, NoProxy: list}).ProxyFunc()(u)
		if err != nil {
			t.Skip(err)
		}
		if got := bypassed(u, list); got != (want == nil) {
			t.Errorf("%s past NO_PROXY=%q: %v, the library %v", target, list, got, want == nil)
		}
	})
}

func ascii(s string) bool {
	for _, r := range s {
		if r > 0x7F {
			return false
		}
	}
	return true
}
