package sandbox_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"
)

const santedbToken = "/santedb/auth/oauth2_token"

func santedbRequest(b *box) (map[string]string, url.Values) {
	return map[string]string{"X-Device-Authorization": basic("BASIC", "EXAMPLE_DEVICE_NODE", b.Env()["AUTHCTL_SECRET_SANTEDB_DEVICE_SECRET"])},
		values("grant_type", "client_credentials", "scope", "*", "client_id", "EXAMPLE_APPLICATION",
			"client_secret", b.Env()["AUTHCTL_SECRET_SANTEDB_CLIENT_SECRET"])
}

func TestSanteDBGrants(t *testing.T) {
	b := shared(t)
	header, form := santedbRequest(b)
	r := b.must(b.form(santedbToken, header, form))
	if r.text("token_type") != "bearer" || r.json["expires_in"] != 1799984.0 {
		t.Errorf("token_type %v, expires_in %v: not the page's", r.json["token_type"], r.json["expires_in"])
	}
	for _, member := range []string{"access_token", "refresh_token"} {
		if !regexp.MustCompile(`^[0-9A-F]{96}$`).MatchString(r.text(member)) {
			t.Errorf("%s %q is not 96 upper-case hex digits", member, r.text(member))
		}
	}
	api := b.get("/santedb/api/ping", map[string]string{"Authorization": "bearer " + r.text("access_token")})
	b.must(api)

	again := b.must(b.form(santedbToken, header, but(form, "grant_type", "refresh_token", "refresh_token", r.text("refresh_token"), "scope", "")))
	if again.text("refresh_token") == r.text("refresh_token") {
		t.Error("the refresh token was not rotated")
	}
	if old := b.get("/santedb/api/ping", map[string]string{"Authorization": "bearer " + r.text("access_token")}); old.status != http.StatusUnauthorized {
		t.Errorf("the access token of before the refresh: %d", old.status)
	}
	if dead := b.form(santedbToken, header, but(form, "grant_type", "refresh_token", "refresh_token", r.text("refresh_token"))); dead.text("error") != "invalid_grant" {
		t.Errorf("a spent refresh token: %d %s", dead.status, dead.raw)
	}
}

func TestSanteDBRefuses(t *testing.T) {
	b := shared(t)
	header, form := santedbRequest(b)
	secret := b.Env()["AUTHCTL_SECRET_SANTEDB_DEVICE_SECRET"]
	device := func(value string) map[string]string { return map[string]string{"X-Device-Authorization": value} }
	for name, tt := range map[string]struct {
		header map[string]string
		form   url.Values
		code   string
		says   string
	}{
		"no device":          {nil, form, "invalid_client", "device authentication"},
		"lower-case scheme":  {device(basic("Basic", "EXAMPLE_DEVICE_NODE", secret)), form, "invalid_client", "Invalid authentication scheme"},
		"two colons":         {device(basic("BASIC", "EXAMPLE_DEVICE_NODE", secret+":x")), form, "invalid_client", "Malformed HTTP Basic Header"},
		"no base64":          {device("BASIC ***"), form, "invalid_client", "Malformed HTTP Basic Header"},
		"wrong device":       {device(basic("BASIC", "EXAMPLE_DEVICE_NODE", "x")), form, "invalid_client", "Invalid username/password"},
		"client by Basic":    {map[string]string{"X-Device-Authorization": header["X-Device-Authorization"], "Authorization": basic("Basic", "EXAMPLE_APPLICATION", "x")}, form, "invalid_client", "scheme"},
		"no client":          {header, but(form, "client_id", ""), "invalid_grant", "invalid client_id"},
		"wrong secret":       {header, but(form, "client_secret", "x"), "invalid_client", "invalid client_secret"},
		"no scope":           {header, but(form, "scope", ""), "invalid_scope", "scope"},
		"other scope":        {header, but(form, "scope", "openid"), "invalid_scope", "scope"},
		"no grant":           {header, but(form, "grant_type", ""), "unsupported_grant_type", "grant"},
		"other grant":        {header, but(form, "grant_type", "implicit"), "unsupported_grant_type", "implicit"},
		"unknown refresh":    {header, but(form, "grant_type", "refresh_token", "refresh_token", "AB"), "invalid_grant", "invalid refresh token"},
		"repeated parameter": {header, func() url.Values { v := but(form); v["scope"] = []string{"*", "*"}; return v }(), "invalid_request", "repeated"},
	} {
		t.Run(name, func(t *testing.T) {
			b := &box{b.Sandbox, t}
			r := b.form(santedbToken, tt.header, tt.form)
			refused(t, r, http.StatusBadRequest, tt.code, tt.says)
			if _, has := r.json["error_detail"]; !has {
				t.Error("error_detail is missing")
			}
		})
	}
	if r := b.json(santedbToken, header, `{}`); r.text("error") != "invalid_request" {
		t.Errorf("a JSON body: %d %s", r.status, r.raw)
	}
	if r := b.get("/santedb/api/ping", nil); r.status != http.StatusUnauthorized || r.text("type") != "SecuritySessionException" {
		t.Errorf("no token at the API: %d %s", r.status, r.raw)
	}
}

func TestSanteDBUsers(t *testing.T) {
	b := shared(t)
	header, form := santedbRequest(b)
	password, code := b.Env()["AUTHCTL_SECRET_SANTEDB_USER_PASSWORD"], b.Env()["AUTHCTL_SECRET_SANTEDB_USER_CODE"]
	form = but(form, "grant_type", "password", "username", "kari", "password", password)
	mfa := but(form, "username", "kari-mfa")
	for name, tt := range map[string]struct {
		form       url.Values
		code, says string
	}{
		"wrong password":          {but(form, "password", password+"x"), "invalid_grant", "Invalid username/password"},
		"nobody":                  {but(form, "username", "nobody"), "invalid_grant", "Invalid username/password"},
		"no user":                 {but(form, "username", ""), "invalid_request", "missing"},
		"no password":             {but(form, "password", ""), "invalid_request", "missing"},
		"no scope":                {but(form, "scope", ""), "invalid_scope", "scope"},
		"no second factor":        {mfa, "mfa_required", "k***@example.org"},
		"wrong second factor":     {but(mfa, "x_mfa", code+"1"), "invalid_grant", "Invalid MFA code"},
		"wrong password, code":    {but(mfa, "x_mfa", code, "password", "x"), "invalid_grant", "Invalid username/password"},
		"a code nobody asked for": {but(form, "x_mfa", code), "invalid_grant", "Invalid MFA code"},
		"wrong client":            {but(form, "client_secret", "x"), "invalid_client", "client_secret"},
	} {
		t.Run(name, func(t *testing.T) {
			b := &box{b.Sandbox, t}
			refused(t, b.form(santedbToken, header, tt.form), http.StatusBadRequest, tt.code, tt.says)
		})
	}
	for _, good := range []url.Values{form, but(mfa, "x_mfa", code)} {
		r := b.must(b.form(santedbToken, header, good))
		b.must(b.get("/santedb/api/ping", map[string]string{"Authorization": "bearer " + r.text("access_token")}))
		b.must(b.form(santedbToken, header, but(form, "grant_type", "refresh_token", "refresh_token", r.text("refresh_token"), "scope", "")))
	}
}
