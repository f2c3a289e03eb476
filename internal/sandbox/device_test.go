package sandbox_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"authctl/internal/sandbox"
)

const (
	klgDevice   = "/klg/auth/realms/ehealth/protocol/openid-connect/auth/device"
	deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"
)

// device is a machine that asks, and a clock that it can wait by.
type device struct {
	*box
	now    time.Time
	code   string
	answer reply
}

func newDevice(t *testing.T) *device {
	t.Helper()
	d := &device{now: time.Now()}
	d.box = start(t, sandbox.Options{Now: func() time.Time { return d.now }})
	d.ask()
	return d
}

func (d *device) ask() {
	d.t.Helper()
	d.answer = d.must(d.form(klgDevice, nil, values("client_id", "authctl-device", "scope", "openid profile")))
	d.code = d.answer.text("device_code")
}

// poll waits first.
func (d *device) poll(wait time.Duration) reply {
	d.t.Helper()
	d.now = d.now.Add(wait)
	return d.form(klgToken, nil, values("grant_type", deviceGrant, "device_code", d.code, "client_id", "authctl-device"))
}

// decide is the person at the verification page.
func (d *device) decide(decision string) reply {
	d.t.Helper()
	page := d.get(d.answer.text("verification_uri_complete"), nil)
	if page.status != http.StatusOK || !strings.Contains(page.raw, d.answer.text("user_code")) {
		d.t.Fatalf("the page: %d %s", page.status, page.raw)
	}
	return d.form("/klg/auth/realms/ehealth/device/decision", nil, values("request", d.answer.text("user_code"), "decision", decision))
}

func TestDeviceLogin(t *testing.T) {
	d := newDevice(t)
	if !regexp.MustCompile(`^[B-Z]{4}-[B-Z]{4}$`).MatchString(d.answer.text("user_code")) || d.answer.json["interval"] != 1.0 {
		t.Errorf("%s", d.answer.raw)
	}
	refused(t, d.poll(0), 400, "authorization_pending", "still pending")
	refused(t, d.poll(500*time.Millisecond), 400, "slow_down", "Slow down")
	refused(t, d.poll(5*time.Second), 400, "slow_down", "") // 1 s and 5 s more
	if page := d.get(d.answer.text("verification_uri"), nil); !strings.Contains(page.raw, `name="user_code"`) {
		t.Errorf("no field for the code: %s", page.raw)
	}
	if done := d.decide("login"); done.status != http.StatusOK || !strings.Contains(done.raw, "is logged in") {
		t.Errorf("%d %s", done.status, done.raw)
	}
	r := d.must(d.poll(20 * time.Second))
	if r.text("id_token") == "" || r.text("refresh_token") == "" {
		t.Errorf("%s", r.raw)
	}
	d.must(d.get("/klg/api/ping", r.bearer()))
	refused(t, d.poll(20*time.Second), 400, "invalid_grant", "Device code not valid")
	again := d.form(klgToken, nil, values("grant_type", "refresh_token", "refresh_token", r.text("refresh_token"), "client_id", "authctl-device"))
	if d.must(again).text("id_token") == "" {
		t.Errorf("%s", again.raw)
	}
	fewer := d.must(d.form(klgToken, nil, values("grant_type", "refresh_token", "refresh_token", again.text("refresh_token"), "client_id", "authctl-device", "scope", "email")))
	if fewer.text("scope") != "openid profile email" {
		t.Errorf("as Keycloak, openid and the default scopes stay: %s", fewer.raw)
	}
}

func TestDeviceRefuses(t *testing.T) {
	d := newDevice(t)
	refused(t, d.form(klgToken, nil, klgForm(d.box, "grant_type", deviceGrant, "device_code", "x")), 401, "unauthorized_client", "")
	d.decide("cancel")
	refused(t, d.poll(0), 400, "access_denied", "denied")
	d.ask()
	refused(t, d.poll(11*time.Minute), 400, "expired_token", "expired")
	if page := d.get(d.answer.text("verification_uri_complete"), nil); page.status != http.StatusBadRequest {
		t.Errorf("the page of an expired code: %d", page.status)
	}
	d.code = "x"
	refused(t, d.poll(time.Minute), 400, "invalid_grant", "not valid")
	refused(t, d.form(klgDevice, nil, values("client_id", "eoj")), 401, "invalid_client", "")
	refused(t, d.form(klgDevice, nil, values("client_id", "authctl-device", "scope", "x")), 400, "invalid_scope", "")
	refused(t, d.form(klgToken, nil, values("grant_type", "client_credentials", "client_id", "authctl-device")), 401, "unauthorized_client", "")
}

// A challenge that came with the request must be met, as at Keycloak.
func TestDeviceProof(t *testing.T) {
	d := newDevice(t)
	const verifier, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // RFC 7636 appendix B
	d.answer = d.must(d.form(klgDevice, nil, values("client_id", "authctl-device", "code_challenge", challenge, "code_challenge_method", "S256")))
	d.code = d.answer.text("device_code")
	d.decide("login")
	refused(t, d.poll(0), 400, "invalid_grant", "Code mismatch")
	d.now = d.now.Add(10 * time.Second)
	d.must(d.form(klgToken, nil, values("grant_type", deviceGrant, "device_code", d.code, "client_id", "authctl-device", "code_verifier", verifier)))
}
