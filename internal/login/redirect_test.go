package login

import (
	"strings"
	"testing"

	"authctl/internal/fault"
)

func TestParseRedirect(t *testing.T) {
	tests := []struct {
		uri      string
		port     int
		want     string // with port 4711 bound, when any port will do
		loopback bool
		kind     fault.Kind
	}{
		{uri: "http://127.0.0.1:0/callback", want: "http://127.0.0.1:4711/callback", loopback: true},
		{uri: "http://127.0.0.1/callback", want: "http://127.0.0.1:4711/callback", loopback: true},
		{uri: "http://localhost:8080/x?y=1", want: "http://localhost:8080/x?y=1", loopback: true},
		{uri: "http://localhost:8080/x", port: 9000, want: "http://localhost:9000/x", loopback: true},
		{uri: "http://[::1]:0/c", want: "http://[::1]:4711/c", loopback: true},
		{uri: "https://app.example/cb", want: "https://app.example/cb"},
		{uri: "com.example.app:/cb", want: "com.example.app:/cb"},
		{uri: "http://127.0.0.2:0/cb", want: "http://127.0.0.2:0/cb"},
		{uri: "https://app.example/cb", port: 1, kind: fault.Usage},
		{uri: "http://127.0.0.1:0/callback", port: 70000, kind: fault.Usage},
		{uri: "http://127.0.0.1:70000/callback", kind: fault.Config},
		{uri: "http://127.0.0.1:0/callback#x", kind: fault.Config},
		{uri: "http://u@127.0.0.1:0/callback", kind: fault.Config},
		{uri: "/callback", kind: fault.Config},
		{uri: "", kind: fault.Config},
	}
	for _, tt := range tests {
		r, err := ParseRedirect(tt.uri, tt.port)
		if tt.kind != 0 {
			if fault.KindOf(err) != tt.kind {
				t.Errorf("%s: %v", tt.uri, err)
			}
			continue
		}
		port := r.port
		if port == 0 {
			port = 4711
		}
		if err != nil || r.at(port) != tt.want && r.Loopback() || r.Loopback() != tt.loopback {
			t.Errorf("%s: %v %s", tt.uri, err, r.at(port))
		}
	}
}

func TestOpenable(t *testing.T) {
	for address, want := range map[string]bool{
		"https://as.example/a?b=c%20d&e=f": true, "http://127.0.0.1:1/": true, "http://localhost/x": true, "http://[::1]:9/": true,
		"http://as.example/": false, "file:///etc/passwd": false, "javascript:alert(1)": false, "https:/x": false,
		"http://127.0.0.1.evil.example/": false, "https://a b/": false, "https://as.example/\"'": false, "-flag": false, "": false,
		"https://as.example/`id`": false, "ms-calculator://x": false,
		"https://login.example@evil.example/": false, "https://%E2%80%AE.example/": false, "https://bücher.example/": false,
		"https://as.example/ü\u202e": false, "https://as.example/ü": true, "https://as.example/\u009b": false,
	} {
		if _, err := Openable(address); (err == nil) != want {
			t.Errorf("%q: %v", address, !want)
		}
	}
}

func FuzzParseAnswer(f *testing.F) {
	const state = "the-state"
	seeds := []string{
		"code=a&state=the-state", "error=access_denied&state=the-state", "code=a&code=b&state=the-state",
		"code=a&state=other", "state=the-state", "code=%zz&state=the-state", "a;b&state=the-state", strings.Repeat("a=b&", 3000),
	}
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		a, err := Request{}.reader(state)(query)
		if err == nil && a.code.IsZero() == (a.errorCode == "") {
			t.Errorf("%q was taken for an answer", query)
		}
		if err != nil && strings.Contains(err.Error(), state) {
			t.Error("the state is echoed")
		}
	})
}
