package klg

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"authctl/internal/sandbox/core"
)

const (
	deviceClient   = "authctl-device" // a public client, for machines without a browser
	deviceGrant    = "urn:ietf:params:oauth:grant-type:device_code"
	deviceLife     = 10 * time.Minute
	deviceInterval = time.Second
	// codeLetters leaves out what people mistake: vowels, 0/O, 1/I (RFC 8628 6.1).
	codeLetters = "BCDFGHJKLMNPQRSTVWXZ"
)

func (p *Provider) devicePath() string { return "/klg/auth/realms/ehealth/device" }

func (p *Provider) deviceRoutes(mux *http.ServeMux, realm string) {
	mux.HandleFunc("POST "+realm+"/protocol/openid-connect/auth/device", p.deviceAuthorization)
	mux.HandleFunc("GET "+p.devicePath(), p.devicePage)
	p.devicePages = p.core.NewDevicePages(mux, "KL Gateway", p.devicePath()+"/decision", p.devices)
}

// deviceAuthorization is RFC 8628 3.1 and 3.2.
func (p *Provider) deviceAuthorization(w http.ResponseWriter, r *http.Request) {
	form, err := core.Form(r)
	if err != nil || form.Get("client_id") != deviceClient {
		p.refuse(w, r, refusal{http.StatusUnauthorized, "invalid_client", "Invalid client or Invalid client credentials"})
		return
	}
	asked, ok := scopes(form.Get("scope"))
	if !ok {
		p.refuse(w, r, refusal{http.StatusBadRequest, "invalid_scope", "Invalid scopes: " + form.Get("scope")})
		return
	}
	device, user := p.core.Hex(32), p.userCode()
	p.devices.Put(device, core.Device{Client: deviceClient, Scope: asked, UserCode: user, Until: p.core.Now().Add(deviceLife), Challenge: form.Get("code_challenge")})
	page := p.core.URL + p.devicePath()
	core.WriteJSON(w, http.StatusOK, map[string]any{
		"device_code": device, "user_code": user, "verification_uri": page, "verification_uri_complete": page + "?user_code=" + user,
		"expires_in": int64(deviceLife / time.Second), "interval": int64(deviceInterval / time.Second),
	})
}

func (p *Provider) userCode() string {
	var b strings.Builder
	for i, random := range p.core.Bytes(8) {
		if i == 4 {
			b.WriteByte('-')
		}
		b.WriteByte(codeLetters[int(random)%len(codeLetters)])
	}
	return b.String()
}

// devicePage asks for the code where the link did not bring it.
func (p *Provider) devicePage(w http.ResponseWriter, r *http.Request) {
	p.devicePages.Show(w, r, strings.ToUpper(strings.TrimSpace(r.URL.Query().Get("user_code"))))
}

// device is the token request of a polling device, with Keycloak's texts.
func (p *Provider) device(w http.ResponseWriter, r *http.Request, form url.Values) {
	d, err := p.devices.Poll(form.Get("device_code"), deviceClient, form.Get("code_verifier"), p.core.Now())
	if err != nil {
		p.refuse(w, r, refusal{http.StatusBadRequest, err.Error(), deviceText(err)})
		return
	}
	p.core.Answer(w, name, p.session(&core.Session{
		ID: p.core.UUID(), Provider: name, Client: deviceClient, Subject: p.person, Scope: d.Scope, Started: p.core.Now(),
		Idle: idle, Max: maxLife, Claims: map[string]any{"preferred_username": "kari", "name": core.Person},
	}))
}

func deviceText(err error) string {
	switch {
	case errors.Is(err, core.ErrPending):
		return "The authorization request is still pending"
	case errors.Is(err, core.ErrSlowDown):
		return "Slow down"
	case errors.Is(err, core.ErrDenied):
		return "The end user denied the authorization request"
	case errors.Is(err, core.ErrTooLate):
		return "Device code is expired"
	case errors.Is(err, core.ErrNoProof):
		return "PKCE verification failed: Code mismatch"
	default:
		return "Device code not valid"
	}
}
