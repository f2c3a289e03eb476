package login

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"authctl/internal/fault"
)

func TestLoginEndsWithTheCodeAndAPage(t *testing.T) {
	for _, redirect := range []string{
		"http://127.0.0.1:0/callback", "http://localhost:0/a/b", "http://[::1]:0/callback", "http://127.0.0.1/x", "http://localhost:0",
	} {
		t.Run(redirect, func(t *testing.T) {
			if strings.Contains(redirect, "::1") && !hasIPv6() {
				t.Skip("no IPv6 here")
			}
			r := start(t.Context(), t, Flow{}, request(t, redirect), nil)
			status, body, header := get(t, r.back("code", "c0de", "state", r.query.Get("state"), "iss", "https://as.example", "session_state", "s"))
			if err := r.end(t); err != nil {
				t.Fatal(err)
			}
			c := <-r.codes
			if c.Value.Reveal() != "c0de" || c.RedirectURI != r.query.Get("redirect_uri") || c.Nonce != r.query.Get("nonce") {
				t.Errorf("code %q, redirect %q, nonce %q", c.Value.Reveal(), c.RedirectURI, c.Nonce)
			}
			sum := sha256.Sum256([]byte(c.Verifier.Reveal()))
			if len(c.Verifier.Reveal()) < 43 || base64.RawURLEncoding.EncodeToString(sum[:]) != r.query.Get("code_challenge") {
				t.Error("the challenge is not the verifier's S256")
			}
			if status != http.StatusOK || !strings.Contains(body, "You are logged in") {
				t.Errorf("page: %d %s", status, body)
			}
			checkHeaders(t, header, body)
			if conn, err := net.Dial("tcp", mustHost(t, c.RedirectURI)); err == nil { //nolint:noctx // a probe
				_ = conn.Close()
				t.Error("the port is still open")
			}
		})
	}
}

func TestAnswersThatEndTheLogin(t *testing.T) {
	tests := map[string]struct {
		params   []string
		require  bool
		redeem   error
		kind     fault.Kind
		code     string
		redeemed bool
		page     string
	}{
		"declined":        {params: []string{"error", "access_denied", "error_description", "no\x1b[31m way"}, kind: fault.Refused, code: "access_denied", page: "declined"},
		"prompt none":     {params: []string{"error", "login_required"}, kind: fault.Login, code: "login_required", page: "take part"},
		"wrong iss":       {params: []string{"code", "c", "iss", "https://as.example/"}, kind: fault.Invalid, page: "could not be verified"},
		"wrong iss error": {params: []string{"error", "access_denied", "iss", "https://evil.example"}, kind: fault.Invalid, page: "could not be verified"},
		"missing iss":     {params: []string{"code", "c"}, require: true, kind: fault.Invalid, page: "could not be verified"},
		"redeem fails":    {params: []string{"code", "c"}, redeem: fault.New(fault.Network, "it is down"), kind: fault.Network, redeemed: true, page: "could not be reached"},
		"plain error":     {params: []string{"code", "c"}, redeem: errors.New("boom"), kind: fault.Internal, redeemed: true, page: "inside authctl"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			req := request(t, "http://127.0.0.1:0/callback")
			req.RequireIssuer = tt.require
			r := start(t.Context(), t, Flow{}, req, tt.redeem)
			_, body, header := get(t, r.back(append(tt.params, "state", r.query.Get("state"))...))
			err := r.end(t)
			var f *fault.Error
			if errors.As(err, &f) && (f.Kind != tt.kind || f.Code != tt.code) || fault.KindOf(err) != tt.kind {
				t.Errorf("got %v (%v)", err, fault.KindOf(err))
			}
			if strings.ContainsAny(err.Error(), "\x1b\n") {
				t.Errorf("not one clean line: %q", err)
			}
			if (len(r.codes) == 1) != tt.redeemed {
				t.Errorf("redeemed: %v", len(r.codes))
			}
			if !strings.Contains(body, tt.page) || !strings.Contains(body, "did not succeed") {
				t.Errorf("page says %s", body)
			}
			for _, theirs := range []string{"way", "access_denied", "login_required", "evil.example", "as.example/", "is down", "boom"} {
				if strings.Contains(body, theirs) {
					t.Errorf("the page repeats %q: %s", theirs, body)
				}
			}
			checkHeaders(t, header, body)
		})
	}
}

func TestInterruptFreesThePortAtOnce(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := start(ctx, t, Flow{}, request(t, "http://localhost:0/callback"), nil)
	cancel()
	if err := r.end(t); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if conn, err := net.Dial("tcp", mustHost(t, r.query.Get("redirect_uri"))); err == nil { //nolint:noctx // a probe
		_ = conn.Close()
		t.Error("the port is still open")
	}
}

// The browser that waits for its page is told, and does not see a dead port.
func TestInterruptWhileRedeemingIsToldToTheBrowser(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	browser := make(opened, 1)
	f := Flow{Browser: browser, Rand: rand.Reader, Limit: 10 * time.Second, Terminal: Terminal{Err: io.Discard}}
	ended := make(chan error, 1)
	var at time.Time
	go func() {
		ended <- f.Run(ctx, request(t, "http://127.0.0.1:0/callback"), func(ctx context.Context, _ Code) error {
			at = time.Now()
			cancel()
			return ctx.Err()
		})
	}()
	q := (<-browser).Query()
	_, body, _ := get(t, q.Get("redirect_uri")+"?code=1&state="+q.Get("state"))
	if err := <-ended; !errors.Is(err, context.Canceled) || !strings.Contains(body, "stopped in the terminal") {
		t.Errorf("%v, page %s", err, body)
	}
	if took := time.Since(at); took > time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestLimit(t *testing.T) {
	r := start(t.Context(), t, Flow{Limit: 50 * time.Millisecond}, request(t, "http://127.0.0.1:0/callback"), nil)
	if err := r.end(t); fault.KindOf(err) != fault.Login || !strings.Contains(err.Error(), "nobody logged in") {
		t.Errorf("got %v", err)
	}
}

func TestThePageEscapesTheProfile(t *testing.T) {
	page := pages{profile: `<img src=x onerror=alert(1)>"`, server: "<b>"}
	for _, c := range []content{page.success(), page.failure(errors.New("<i>")), page.stranger()} {
		if body := page.render(c); strings.Contains(body, "<img") || strings.Contains(body, "<b>") && !strings.Contains(body, "<b>authctl</b>") || strings.Contains(body, "<i>") {
			t.Errorf("the page holds markup of the profile: %s", body)
		}
	}
}
