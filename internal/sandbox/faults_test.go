package sandbox_test

import (
	"compress/gzip"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"authctl/internal/sandbox"
	"authctl/internal/sandbox/core"
)

// raw sends a good request to SALUS' token endpoint and leaves the answer to the caller.
func raw(b *box, timeout time.Duration) (*http.Response, error) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), timeout)
	b.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.URL+salusToken, strings.NewReader(jsonOf("grant_type", "client_credentials", "scope", "sls:idn")))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", salusBasic(b)["Authorization"])
	req.Header.Set("Accept-Encoding", "identity")
	return (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
}

func TestFaultAnswers(t *testing.T) {
	for fault, want := range map[string]struct {
		status int
		check  func(*http.Response, string) bool
	}{
		"429": {429, func(r *http.Response, body string) bool {
			return r.Header.Get("Retry-After") == "1" && strings.HasPrefix(body, "{")
		}},
		"429-plain": {429, func(r *http.Response, body string) bool {
			return r.Header.Get("Retry-After") == "60" && strings.HasPrefix(body, "Rate")
		}},
		"500": {500, func(_ *http.Response, body string) bool { return body == "" }},
		"503": {503, func(_ *http.Response, body string) bool { return strings.Contains(body, "<html>") }},
		"bad-json": {200, func(_ *http.Response, body string) bool {
			return strings.HasPrefix(body, "{") && !strings.HasSuffix(body, "}")
		}},
		"empty": {200, func(_ *http.Response, body string) bool { return body == "" }},
		"html":  {200, func(_ *http.Response, body string) bool { return strings.Contains(body, "<html>") }},
		"huge":  {200, func(_ *http.Response, body string) bool { return len(body) > 64<<20 }},
		"redirect": {307, func(r *http.Response, _ string) bool {
			return strings.HasSuffix(r.Header.Get("Location"), "/_sandbox/elsewhere")
		}},
		"evil-token":   {200, func(_ *http.Response, body string) bool { return strings.Contains(body, "$(touch canary)") }},
		"no-expiry":    {200, func(_ *http.Response, body string) bool { return !strings.Contains(body, "expires_in") }},
		"wrong-expiry": {200, func(_ *http.Response, body string) bool { return strings.Contains(body, `"expires_in":-1`) }},
		"wrong-type":   {200, func(_ *http.Response, body string) bool { return strings.Contains(body, `"token_type":"N_A"`) }},
	} {
		t.Run(fault, func(t *testing.T) {
			b := shared(t)
			b.fault(fault + "=1")
			r, err := raw(b, 20*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(r.Body)
			r.Body.Close()
			if r.StatusCode != want.status || !want.check(r, string(body)) {
				t.Errorf("%d %v %.200q", r.StatusCode, r.Header, body)
			}
			again, err := raw(b, 20*time.Second)
			if err != nil || again.StatusCode != http.StatusOK {
				t.Fatalf("after its one time: %v %v", again, err)
			}
			again.Body.Close()
		})
	}
}

// fault injects one through the admin endpoint.
func (b *box) fault(spec string) {
	b.t.Helper()
	if r := b.send(http.MethodPost, "/_sandbox/fault?name="+spec, nil, ""); r.status != http.StatusNoContent {
		b.t.Fatalf("fault %s: %d %s", spec, r.status, r.raw)
	}
}

func TestFaultsThatBreakOff(t *testing.T) {
	for _, fault := range []string{"drop", "hang", "lost-answer", "truncated", "slow"} {
		t.Run(fault, func(t *testing.T) {
			b := shared(t)
			granted := func() float64 {
				n, _ := b.get("/_sandbox/requests", nil).json["granted"].(map[string]any)["salus"].(float64)
				return n
			}
			before := granted()
			b.fault(fault + "=1")
			r, err := raw(b, 300*time.Millisecond)
			if err == nil {
				_, err = io.ReadAll(r.Body)
				r.Body.Close()
			}
			if err == nil {
				t.Error("a whole answer came")
			}
			took := granted() == before+1
			if worked := fault == "lost-answer" || fault == "truncated" || fault == "slow"; took != worked {
				t.Errorf("the request took effect: %v", took)
			}
		})
	}
}

func TestGzipBomb(t *testing.T) {
	b := shared(t)
	b.fault("gzip-bomb=1")
	r, err := raw(b, 20*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	z, err := gzip.NewReader(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, io.LimitReader(z, 8<<20)); n != 8<<20 {
		t.Errorf("unpacked %d bytes: %v", n, err)
	}
}

func TestFaultNonceIsEndless(t *testing.T) {
	b := shared(t)
	b.fault("nonce")
	defer b.fault("nonce=0")
	h := newHolder(b)
	for range 3 {
		for _, r := range []reply{h.machine(), h.ask(fapiPAR, "helseid-login.json", loginParams()...)} {
			if r.text("error") != "use_dpop_nonce" || r.header.Get("DPoP-Nonce") == "" {
				t.Fatalf("%d %s", r.status, r.raw)
			}
		}
	}
}

func TestFaultNoRotation(t *testing.T) {
	b := shared(t)
	b.fault("no-rotation=1")
	first := b.must(exchanged(b)).text("refresh_token")
	if r := b.must(refreshed(b, first)); r.text("refresh_token") != "" {
		t.Errorf("a new refresh token came: %s", r.raw)
	}
	b.must(refreshed(b, first))
}

func TestFaultClock(t *testing.T) {
	for fault, want := range map[string]time.Duration{"clock": time.Hour, "clock-behind": -time.Hour} {
		b := start(t, sandbox.Options{Faults: []string{fault}})
		r := b.form(klgToken, nil, klgForm(b, "grant_type", "client_credentials"))
		date, err := http.ParseTime(r.header.Get("Date"))
		if off := time.Until(date) - want; err != nil || off.Abs() > 10*time.Second {
			t.Errorf("%s: Date is off by %v: %v", fault, off, err)
		}
		if !strings.HasPrefix(r.text("error_description"), "Token ") {
			t.Errorf("%s: %d %s", fault, r.status, r.raw)
		}
	}
}

func TestUnknownFault(t *testing.T) {
	for _, spec := range []string{"x", "503=", "503=-1", "503=many"} {
		_, err := sandbox.Start(t.Context(), sandbox.Options{Faults: []string{spec}, Now: time.Now, Rand: rand.Reader})
		if err == nil {
			t.Fatalf("%q was taken", spec)
		}
		var unknown core.UnknownFault
		if errors.As(err, &unknown) != (spec == "x") || spec == "x" && !strings.Contains(err.Error(), "gzip-bomb") {
			t.Errorf("%q: %v", spec, err)
		}
	}
}
