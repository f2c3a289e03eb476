package sandbox_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"authctl/internal/sandbox"
)

func salusGrant(b *box) reply {
	b.t.Helper()
	return b.must(b.json(salusToken, salusBasic(b), jsonOf("grant_type", "client_credentials", "scope", "sls:idn")))
}

func TestCounts(t *testing.T) {
	b := start(t, sandbox.Options{})
	salusGrant(b)
	salusGrant(b)
	b.json(salusToken, nil, "{}")
	counts := b.must(b.get("/_sandbox/requests", nil)).json
	tokens, granted := counts["token_requests"].(map[string]any), counts["granted"].(map[string]any)
	if tokens["salus"] != 3.0 || granted["salus"] != 2.0 || counts["paths"].(map[string]any)[salusToken] != 3.0 {
		t.Errorf("counts: %v", counts)
	}
	if bare := b.get("/_sandbox/requests?path="+salusToken, nil).raw; bare != "3\n" {
		t.Errorf("for shell scripts: %q", bare)
	}
	b.send(http.MethodPost, "/_sandbox/reset", nil, "")
	if bare := b.get("/_sandbox/requests?path="+salusToken, nil).raw; bare != "0\n" {
		t.Errorf("after the reset: %q", bare)
	}
}

func TestExpiresIn(t *testing.T) {
	now := time.Now()
	b := start(t, sandbox.Options{ExpiresIn: 7 * time.Second, Now: func() time.Time { return now }})
	r := salusGrant(b)
	auth := r.bearer()
	if r.json["expires_in"] != 7.0 {
		t.Errorf("expires_in %v", r.json["expires_in"])
	}
	now = now.Add(6 * time.Second)
	b.must(b.get("/salus/api/ping", auth))
	now = now.Add(time.Second)
	if r := b.get("/salus/api/ping", auth); r.status != http.StatusUnauthorized {
		t.Errorf("an expired token: %d", r.status)
	}
	b.send(http.MethodPost, "/_sandbox/expires_in?seconds=9", nil, "")
	if r := salusGrant(b); r.json["expires_in"] != 9.0 {
		t.Errorf("expires_in %v", r.json["expires_in"])
	}
	header, form := santedbRequest(b)
	if r := b.must(b.form(santedbToken, header, form)); r.json["expires_in"] != 9.0 {
		t.Errorf("on demand it is seconds for every provider: %v", r.json["expires_in"])
	}
	b.send(http.MethodPost, "/_sandbox/expires_in?seconds=0", nil, "")
	if r := salusGrant(b); r.json["expires_in"] != 3600.0 {
		t.Errorf("expires_in %v", r.json["expires_in"])
	}
	if r := b.send(http.MethodPost, "/_sandbox/expires_in?seconds=soon", nil, ""); r.status != http.StatusBadRequest {
		t.Errorf("%d", r.status)
	}
}

func TestRevokeAll(t *testing.T) {
	b := start(t, sandbox.Options{})
	salus, klg := salusGrant(b), b.must(exchanged(b))
	ping := func() (int, int) {
		return b.get("/salus/api/ping", salus.bearer()).status,
			b.get("/klg/api/ping", klg.bearer()).status
	}
	if r := b.send(http.MethodPost, "/_sandbox/revoke-all-access-tokens?provider=salus", nil, ""); r.json["revoked"] != 1.0 {
		t.Errorf("%d %s", r.status, r.raw)
	}
	if s, k := ping(); s != http.StatusUnauthorized || k != http.StatusOK {
		t.Errorf("salus %d, klg %d", s, k)
	}
	b.send(http.MethodPost, "/_sandbox/revoke-all-access-tokens", nil, "")
	if s, k := ping(); s != http.StatusUnauthorized || k != http.StatusUnauthorized {
		t.Errorf("salus %d, klg %d", s, k)
	}
	b.must(refreshed(b, klg.text("refresh_token"))) // the sessions live on
	salus = salusGrant(b)
	b.send(http.MethodPost, "/_sandbox/end-all-sessions", nil, "")
	refused(t, b.json(salusToken, salusBasic(b), jsonOf("grant_type", "refresh_token", "refresh_token", salus.text("refresh_token"))), 400, "invalid_grant", "")
}

func TestHostAndMethod(t *testing.T) {
	b := shared(t)
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, b.URL+"/_sandbox/requests", nil)
	req.Host = "evil.example"
	r, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("a foreign Host: %d", r.StatusCode)
	}
	if r := b.get(strings.Replace(b.URL, "127.0.0.1", "localhost", 1)+"/_sandbox/requests", nil); r.status != http.StatusOK {
		t.Errorf("localhost: %d", r.status)
	}
	for _, path := range []string{salusToken, santedbToken, helseidToken, klgToken, fapiToken} {
		if r := b.get(path, nil); r.status != http.StatusMethodNotAllowed {
			t.Errorf("GET %s: %d", path, r.status)
		}
	}
	if r := b.send(http.MethodDelete, "/salus/api/ping", nil, ""); r.status != http.StatusMethodNotAllowed {
		t.Errorf("DELETE at an API: %d", r.status)
	}
}

func TestTokenOfAnotherProvider(t *testing.T) {
	b := shared(t)
	token := "Bearer " + salusGrant(b).text("access_token")
	for _, path := range []string{"/santedb/api/ping", "/helseid/api/ping", "/klg/api/ping"} {
		if r := b.get(path, map[string]string{"Authorization": token}); r.status != http.StatusUnauthorized {
			t.Errorf("%s takes a token of SALUS: %d", path, r.status)
		}
	}
}

func TestStreams(t *testing.T) {
	b := shared(t)
	auth := map[string]string{"Authorization": "Bearer " + salusGrant(b).text("access_token")}
	if r := b.get("/salus/api/download?bytes=3000000", auth); len(r.raw) != 3000000 {
		t.Errorf("%d bytes", len(r.raw))
	}
	up := b.must(b.send(http.MethodPut, "/salus/api/upload", auth, strings.Repeat("x", 100000)))
	if up.json["bytes"] != 100000.0 || len(up.text("sha256")) != 64 {
		t.Errorf("%s", up.raw)
	}
	if r := b.get("/salus/api/download?bytes=1", nil); r.status != http.StatusUnauthorized {
		t.Errorf("without a token: %d", r.status)
	}
}

func TestRedirectTarget(t *testing.T) {
	b := start(t, sandbox.Options{})
	b.send(http.MethodPost, "/_sandbox/elsewhere", map[string]string{"Authorization": "x"}, "12345")
	if r := b.get("/_sandbox/elsewhere", nil); r.json["bytes"] != 5.0 || r.json["credentials"] != 1.0 {
		t.Errorf("%s", r.raw)
	}
}
