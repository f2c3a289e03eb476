package sandbox_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

const (
	salusToken = "/salus/token"
	verifier   = "a-verifier-of-forty-three-characters-or-more-than-that"
)

func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func jsonOf(pairs ...string) string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		if m[pairs[i]] = pairs[i+1]; pairs[i+1] == "" {
			delete(m, pairs[i])
		}
	}
	b, _ := json.Marshal(m)
	return string(b)
}

func salusBasic(b *box) map[string]string {
	return map[string]string{"Authorization": basic("Basic", "client_333", b.Env()["AUTHCTL_SECRET_SALUS_CLIENT_SECRET"])}
}

func TestSALUSGrants(t *testing.T) {
	b := shared(t)
	secret := b.Env()["AUTHCTL_SECRET_SALUS_CLIENT_SECRET"]
	inBody := b.must(b.json(salusToken, nil, jsonOf("grant_type", "client_credentials", "client_id", "client_333", "client_secret", secret, "scope", "sls:idn")))
	if inBody.text("token_type") != "bearer" || inBody.json["expires_in"] != 3600.0 || strings.Count(inBody.text("refresh_token"), ".") != 2 {
		t.Errorf("the answer is not the page's: %s", inBody.raw)
	}
	again := b.must(b.json(salusToken, salusBasic(b), jsonOf("grant_type", "refresh_token", "refresh_token", inBody.text("refresh_token"))))
	b.must(b.get("/salus/api/ping", again.bearer()))
	spent := b.json(salusToken, salusBasic(b), jsonOf("grant_type", "refresh_token", "refresh_token", inBody.text("refresh_token")))
	refused(t, spent, 400, "invalid_grant", "")
	if r := b.get("/salus/api/ping", again.bearer()); r.status != http.StatusUnauthorized {
		t.Errorf("an access token of a family whose refresh token was spent twice: %d", r.status)
	}
}

func TestSALUSRefuses(t *testing.T) {
	b := shared(t)
	secret := b.Env()["AUTHCTL_SECRET_SALUS_CLIENT_SECRET"]
	good := jsonOf("grant_type", "client_credentials", "scope", "sls:idn")
	refused(t, b.form(salusToken, salusBasic(b), values("grant_type", "client_credentials", "scope", "sls:idn")), 400, "invalid_request", "application/json")
	encoded := map[string]string{"Authorization": basic("Basic", "client_333", url.QueryEscape(secret))}
	for name, tt := range map[string]struct {
		header map[string]string
		body   string
		status int
		code   string
	}{
		"form-encoded Basic": {encoded, good, 401, "invalid_client"},
		"no client":          {nil, good, 401, "invalid_client"},
		"wrong secret":       {map[string]string{"Authorization": basic("Basic", "client_333", "x")}, good, 401, "invalid_client"},
		"both ways":          {salusBasic(b), jsonOf("grant_type", "client_credentials", "scope", "sls:idn", "client_id", "client_333", "client_secret", secret), 401, "invalid_client"},
		"two ids":            {salusBasic(b), jsonOf("grant_type", "client_credentials", "scope", "sls:idn", "client_id", "client_444"), 401, "invalid_client"},
		"public client":      {nil, jsonOf("grant_type", "client_credentials", "scope", "sls:idn", "client_id", "client_444"), 400, "unauthorized_client"},
		"no scope":           {salusBasic(b), jsonOf("grant_type", "client_credentials"), 400, "invalid_scope"},
		"other grant":        {salusBasic(b), jsonOf("grant_type", "password"), 400, "unsupported_grant_type"},
		"no JSON":            {salusBasic(b), "grant_type=client_credentials", 400, "invalid_request"},
		"an array":           {salusBasic(b), `{"grant_type":"client_credentials","scope":["sls:idn"]}`, 400, "invalid_request"},
		"two objects":        {salusBasic(b), good + good, 400, "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			refused(t, (&box{b.Sandbox, t}).json(salusToken, tt.header, tt.body), tt.status, tt.code, "")
		})
	}
}

func salusAuthorize(pairs ...string) string {
	return "/salus/authorize?" + but(values("client_id", "client_444", "request_scope", "idtoken email", "redirect_uri", "http://127.0.0.1:4711/callback",
		"code_challenge_method", "S256", "code_challenge", challenge(verifier), "response_type", "code", "state", "17bdc69a", "scope", "sls:idn"), pairs...).Encode()
}

// click answers a login page as a person would, and returns where it leads.
func click(b *box, page reply, decision string) *url.URL {
	b.t.Helper()
	field := func(pattern string) string {
		m := regexp.MustCompile(pattern).FindStringSubmatch(page.raw)
		if m == nil {
			b.t.Fatalf("%d, and no login page: %s", page.status, page.raw)
		}
		return html.UnescapeString(m[1])
	}
	r := b.form(field(`action="([^"]+)"`), nil, values("request", field(`name="request" value="([^"]+)"`), "decision", decision))
	target, err := url.Parse(r.header.Get("Location"))
	if err != nil || r.status != http.StatusFound {
		b.t.Fatalf("the decision: %d %s", r.status, r.raw)
	}
	return target
}

func TestSALUSLogin(t *testing.T) {
	for name, tt := range map[string]struct {
		id     string
		header func(*box) map[string]string
		params []string
	}{
		"public, as the page":       {"client_444", func(*box) map[string]string { return nil }, nil},
		"public, as the RFC":        {"client_444", func(*box) map[string]string { return nil }, []string{"client_id", "client_444", "redirect_uri", "http://127.0.0.1:4711/callback"}},
		"confidential, as the page": {"client_333", salusBasic, nil},
	} {
		t.Run(name, func(t *testing.T) {
			b := shared(t)
			back := click(b, b.get(salusAuthorize("client_id", tt.id), nil), "login")
			q := back.Query()
			if back.Host != "127.0.0.1:4711" {
				t.Errorf("the callback is not the page's: %s", back)
			}
			if q.Get("state") != "17bdc69a" || q.Get("session_state") == "" {
				t.Errorf("state %q, session_state %q", q.Get("state"), q.Get("session_state"))
			}
			if q.Get("scope") != "idtoken email" {
				t.Errorf("scope %q", q.Get("scope"))
			}
			body := append([]string{"grant_type", "authorization_code", "code", q.Get("code"), "code_verifier", verifier, "scope", "sls:idn"}, tt.params...)
			r := b.must(b.json(salusToken, tt.header(b), jsonOf(body...)))
			if r.json["expires_in"] != 86400.0 || r.text("refresh_token") == "" {
				t.Errorf("the answer is not the page's: %s", r.raw)
			}
			auth := r.bearer()
			b.must(b.get("/salus/api/me", auth))
			// RFC 6749 4.1.2: a code used twice takes its tokens with it.
			refused(t, b.json(salusToken, tt.header(b), jsonOf(body...)), 400, "invalid_grant", "")
			if r := b.get("/salus/api/ping", auth); r.status != http.StatusUnauthorized {
				t.Errorf("the token of a code that was used twice: %d", r.status)
			}
		})
	}
}

func TestSALUSLoginRefuses(t *testing.T) {
	b := shared(t)
	for name, pairs := range map[string][]string{
		"unknown client":      {"client_id", "x"},
		"foreign redirect":    {"redirect_uri", "https://evil.example/callback"},
		"other path":          {"redirect_uri", "http://127.0.0.1:4711/other"},
		"https on loopback":   {"redirect_uri", "https://127.0.0.1:4711/callback"},
		"no port":             {"redirect_uri", "http://127.0.0.1/callback#x"},
		"with a user":         {"redirect_uri", "http://evil@127.0.0.1:4711/callback"},
		"path behind":         {"redirect_uri", "http://127.0.0.1:4711/callback/.."},
		"user in the host":    {"redirect_uri", "http://127.0.0.1:4711@evil.example/callback"},
		"loopback look-alike": {"redirect_uri", "http://127.0.0.1.evil.example:4711/callback"},
	} {
		t.Run(name, func(t *testing.T) {
			if r := (&box{b.Sandbox, t}).get(salusAuthorize(pairs...), nil); r.status != http.StatusBadRequest || r.header.Get("Location") != "" {
				t.Errorf("%d %s", r.status, r.header.Get("Location"))
			}
		})
	}
	for name, tt := range map[string]struct {
		pairs []string
		code  string
	}{
		"plain":          {[]string{"code_challenge_method", "plain"}, "invalid_request"},
		"no challenge":   {[]string{"code_challenge", ""}, "invalid_request"},
		"short one":      {[]string{"code_challenge", "abc"}, "invalid_request"},
		"long one":       {[]string{"code_challenge", challenge(verifier) + "x"}, "invalid_request"},
		"no state":       {[]string{"state", ""}, "invalid_request"},
		"implicit":       {[]string{"response_type", "token"}, "unsupported_response_type"},
		"other scope":    {[]string{"scope", "openid"}, "invalid_scope"},
		"without person": {[]string{"prompt", "none"}, "login_required"},
	} {
		t.Run(name, func(t *testing.T) {
			r := (&box{b.Sandbox, t}).get(salusAuthorize(tt.pairs...), nil)
			back, _ := url.Parse(r.header.Get("Location"))
			if r.status != http.StatusFound || back.Query().Get("error") != tt.code {
				t.Errorf("%d %s", r.status, back)
			}
		})
	}
	if back := click(b, b.get(salusAuthorize(), nil), "cancel"); back.Query().Get("error") != "access_denied" || back.Query().Get("state") != "17bdc69a" {
		t.Errorf("cancelled: %s", back)
	}
}

func TestSALUSCodeRefuses(t *testing.T) {
	b := shared(t)
	for name, tt := range map[string]struct {
		header map[string]string
		pairs  []string
		status int
		code   string
	}{
		"wrong verifier":   {nil, []string{"code_verifier", verifier + "x"}, 400, "invalid_grant"},
		"the page's":       {nil, []string{"code_verifier", "i_am_secret_with_good_entropy"}, 400, "invalid_grant"},
		"no verifier":      {nil, []string{"code_verifier", ""}, 400, "invalid_request"},
		"other redirect":   {nil, []string{"redirect_uri", "http://127.0.0.1:1/callback"}, 400, "invalid_grant"},
		"other scope":      {nil, []string{"scope", "openid"}, 400, "invalid_scope"},
		"another client":   {salusBasic(b), nil, 400, "invalid_grant"},
		"secret of public": {nil, []string{"client_id", "client_444", "client_secret", "x"}, 401, "invalid_client"},
		"unknown code":     {salusBasic(b), []string{"code", "x"}, 400, "invalid_grant"},
	} {
		t.Run(name, func(t *testing.T) {
			b := &box{b.Sandbox, t}
			code := click(b, b.get(salusAuthorize(), nil), "login").Query().Get("code")
			body := append([]string{"grant_type", "authorization_code", "code", code, "code_verifier", verifier, "scope", "sls:idn"}, tt.pairs...)
			refused(t, b.json(salusToken, tt.header, jsonOf(body...)), tt.status, tt.code, "")
		})
	}
	// A verifier of 42 or of 129 characters is none (RFC 7636 4.1), though its challenge fits.
	for _, length := range []int{42, 129} {
		short := strings.Repeat("v", length)
		code := click(b, b.get(salusAuthorize("code_challenge", challenge(short)), nil), "login").Query().Get("code")
		refused(t, b.json(salusToken, nil, jsonOf("grant_type", "authorization_code", "code", code, "code_verifier", short)), 400, "invalid_grant", "")
	}
}

// The page asks for a scope with every grant; the one it was given for is all there is.
func TestSALUSRefreshRefusesAnotherScope(t *testing.T) {
	b := shared(t)
	r := b.must(b.json(salusToken, salusBasic(b), jsonOf("grant_type", "client_credentials", "scope", "sls:idn")))
	refresh := r.text("refresh_token")
	refused(t, b.json(salusToken, salusBasic(b), jsonOf("grant_type", "refresh_token", "refresh_token", refresh, "scope", "sls:idn admin")), 400, "invalid_scope", "")
	b.must(b.json(salusToken, salusBasic(b), jsonOf("grant_type", "refresh_token", "refresh_token", refresh, "scope", "sls:idn")))
}

func TestSALUSRevokes(t *testing.T) {
	b := shared(t)
	r := b.must(b.json(salusToken, salusBasic(b), jsonOf("grant_type", "client_credentials", "scope", "sls:idn")))
	if done := b.form("/salus/revoke", salusBasic(b), url.Values{"token": {r.text("refresh_token")}}); done.status != http.StatusOK {
		t.Fatalf("%d %s", done.status, done.raw)
	}
	if api := b.get("/salus/api/ping", r.bearer()); api.status != http.StatusUnauthorized || api.text("message") != "Unauthorized" {
		t.Errorf("after the revocation: %d %s", api.status, api.raw)
	}
	refused(t, b.form("/salus/revoke", nil, url.Values{"token": {"x"}}), 401, "invalid_client", "")
	refused(t, b.form("/salus/revoke", salusBasic(b), url.Values{}), 400, "invalid_request", "")
}
