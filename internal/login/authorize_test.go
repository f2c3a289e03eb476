package login

import (
	"context"
	"strings"
	"testing"
	"time"

	"authctl/internal/endpoint"
)

func TestAuthorizeURL(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := start(ctx, t, Flow{}, request(t, "http://127.0.0.1:0/callback"), nil)
	defer func() { cancel(); _ = r.end(t) }()
	for name, want := range map[string]string{
		"tenant": "a b", "response_type": "code", "client_id": "client 1", "scope": "openid profile",
		"code_challenge_method": "S256", "request_scope": "idtoken email",
	} {
		if r.query.Get(name) != want {
			t.Errorf("%s=%q, not %q", name, r.query.Get(name), want)
		}
	}
	if len(r.query.Get("state")) < 43 || len(r.query.Get("nonce")) < 43 || r.query.Get("state") == r.query.Get("nonce") {
		t.Error("state and nonce are not 256 bits each")
	}
}

func TestPushedRequestLeavesTwoParameters(t *testing.T) {
	var pushed []endpoint.Param
	f := Flow{Push: func(_ context.Context, params []endpoint.Param) (Pushed, error) {
		pushed = params
		return Pushed{RequestURI: "urn:ietf:params:oauth:request_uri:1", ExpiresIn: time.Minute}, nil
	}}
	ctx, cancel := context.WithCancel(t.Context())
	r := start(ctx, t, f, request(t, "http://127.0.0.1:0/callback"), nil)
	defer func() { cancel(); _ = r.end(t) }()
	if got := r.address.RawQuery; got != "tenant=a%20b&client_id=client+1&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A1" {
		t.Errorf("query %s", got)
	}
	names := []string{}
	for _, p := range pushed {
		names = append(names, p.Name)
	}
	if got := strings.Join(names, " "); got != "response_type client_id redirect_uri state nonce code_challenge code_challenge_method scope request_scope" {
		t.Errorf("pushed %s", got)
	}
}
