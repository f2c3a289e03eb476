package login

import (
	"context"
	"crypto/rand"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
)

func TestPaste(t *testing.T) {
	const target = "https://app.example/auth/callback"
	tests := map[string]struct {
		paste func(state string) string
		kind  fault.Kind
		live  bool
	}{
		"whole address":   {paste: func(s string) string { return target + "?code=c&state=" + s + "&iss=https%3A%2F%2Fas.example" }},
		"query only":      {paste: func(s string) string { return "\n ?code=c&state=" + s + " \n" }},
		"wrong state":     {paste: func(string) string { return target + "?code=c&state=x" }, kind: fault.Invalid},
		"other place":     {paste: func(s string) string { return "https://evil.example/auth/callback?code=c&state=" + s }, kind: fault.Invalid},
		"nothing":         {paste: func(string) string { return "" }, kind: fault.Login},
		"corrected":       {paste: func(s string) string { return "what?\n" + target + "?code=c&state=" + s }, live: true},
		"not corrected":   {paste: func(s string) string { return "what?\n" + target + "?code=c&state=" + s }, kind: fault.Invalid},
		"error":           {paste: func(s string) string { return target + "?error=access_denied&state=" + s }, kind: fault.Refused},
		"endless garbage": {paste: func(string) string { return strings.Repeat("x", 1<<20) }, kind: fault.Invalid},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in, out := io.Pipe()
			r := start(t.Context(), t, Flow{Paste: in, PasteLive: tt.live}, request(t, target), nil)
			go func() {
				_, _ = io.WriteString(out, tt.paste(r.query.Get("state")))
				_ = out.Close()
			}()
			err := r.end(t)
			_ = in.Close()
			codes := 0
			if tt.kind == 0 {
				codes = 1
			}
			if (err == nil) != (tt.kind == 0) || err != nil && fault.KindOf(err) != tt.kind {
				t.Errorf("err %v, want kind %v", err, tt.kind)
			}
			if len(r.codes) != codes {
				t.Errorf("%d codes, want %d", len(r.codes), codes)
			}
		})
	}
}

func TestWithoutABrowserTheAddressIsShown(t *testing.T) {
	stderr := &syncBuffer{}
	f := Flow{Terminal: Terminal{Err: stderr, Quiet: true}, Rand: rand.Reader, Limit: 100 * time.Millisecond, Remote: true, Why: "no display"}
	_ = f.Run(t.Context(), request(t, "http://127.0.0.1:0/callback"), nil)
	for _, want := range []string{"  https://as.example/authorize?tenant=a%20b&response_type=code&", "ssh -L "} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("stderr lacks %q: %s", want, stderr)
		}
	}
	if strings.Contains(stderr.String(), "ssh -L 0") || !strings.Contains(stderr.String(), ":127.0.0.1:") {
		t.Errorf("nothing to forward to: %s", stderr)
	}
	if hasIPv6() {
		_ = f.Run(t.Context(), request(t, "http://[::1]:0/callback"), nil)
		if !strings.Contains(stderr.String(), ":[::1]:") {
			t.Errorf("forwards to where nobody listens: %s", stderr)
		}
	}
	needs := request(t, "https://app.example/cb")
	if err := f.Run(t.Context(), needs, nil); fault.KindOf(err) != fault.Usage {
		t.Errorf("a redirect that is not ours, without --paste: %v", err)
	}
}

func TestWaitingRepaintsOnlyATerminal(t *testing.T) {
	live, piped := &syncBuffer{}, &syncBuffer{}
	Terminal{Err: live, Live: true, Colour: true}.Waiting(t.Context(), "it", 5*time.Minute)()
	Terminal{Err: piped}.Waiting(t.Context(), "it", 5*time.Minute)()
	Terminal{Err: piped, Quiet: true}.Waiting(t.Context(), "it", 5*time.Minute)()
	if !strings.Contains(live.String(), "5:00 left") || !strings.HasSuffix(live.String(), "\r\x1b[K") {
		t.Errorf("terminal: %q", live)
	}
	narrow := &syncBuffer{}
	Terminal{Err: narrow, Live: true, Colour: true, Columns: func() int { return 40 }}.Waiting(t.Context(), "the login at as.example", 5*time.Minute)()
	if narrow.String() != "\r\x1b[K5:00 left\r\x1b[K" {
		t.Errorf("narrow terminal: %q", narrow)
	}
	plain := &syncBuffer{}
	Terminal{Err: plain, Live: true}.Waiting(t.Context(), "it", 5*time.Minute)()
	if strings.Contains(plain.String(), "\x1b") || !strings.HasSuffix(plain.String(), "\r"+strings.Repeat(" ", 79)+"\r") {
		t.Errorf("without colour: %q", plain)
	}
	if piped.String() != "Waiting for it, up to 5:00.\n" {
		t.Errorf("pipe: %q", piped)
	}
}

func TestAPushedAddressSaysHowLongItIsGood(t *testing.T) {
	stderr := &syncBuffer{}
	f := Flow{
		Terminal: Terminal{Err: stderr}, Rand: rand.Reader, Limit: 100 * time.Millisecond,
		Push: func(context.Context, []endpoint.Param) (Pushed, error) {
			return Pushed{RequestURI: "urn:x", ExpiresIn: 90 * time.Millisecond}, nil
		},
	}
	_ = f.Run(t.Context(), request(t, "http://127.0.0.1:0/callback"), nil)
	if !strings.Contains(stderr.String(), "Open this address in a browser within 0:00 to log in:") {
		t.Errorf("stderr says %s", stderr)
	}
}

func FuzzParsePasted(f *testing.F) {
	const target, state = "https://app.example/cb", "the-state"
	seeds := []string{
		target + "?code=a&state=the-state", "?code=a&state=the-state", "code=a&state=the-state", "HTTPS://APP.EXAMPLE/cb/?code=a",
		"javascript:alert(1)", "https://app.example@evil.example/cb?code=a&state=the-state", "\x1b[2J", "%", "com.example:/cb?state=the-state",
	}
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		_, err := parsePasted(line, target, Request{}.reader(state))
		if err != nil {
			return
		}
		if u, parsed := url.Parse(line); parsed == nil && u.Host != "" && !strings.EqualFold(u.Host, "app.example") {
			t.Errorf("%q is of another host", line)
		}
	})
}
