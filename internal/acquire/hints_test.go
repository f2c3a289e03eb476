package acquire

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// profilesOfAllKinds are profiles that differ in whatever a hint may name.
func profilesOfAllKinds() []*profile.Profile {
	var all []*profile.Profile
	for _, method := range profile.AuthMethods() {
		for bits := range 1 << 7 {
			on := func(i int) bool { return bits&(1<<i) != 0 }
			p := plain()
			p.Client.Auth = method.Name
			if on(0) {
				p.Client.BasicEncoding = "raw"
			}
			if on(1) {
				p.Request.Encoding = "json"
			}
			p.DPoP.Enabled = on(2)
			if on(3) {
				p.Scopes = []string{"openid"}
			}
			if on(4) {
				p.Login.Pushed = "never"
			}
			if on(5) {
				p.TLS.ClientCertificate = secret.Ref{Kind: secret.File, Path: "c"}
			}
			if on(6) {
				p.DeviceAuthorizationURL = "https://as.example/device"
			}
			all = append(all, p)
		}
		for _, nbf := range []bool{false, true} {
			p, a := plain(), profile.DefaultGrantAssertion()
			p.Client.Auth, p.GrantAssertion, a.NotBefore = method.Name, &a, nbf
			all = append(all, p)
		}
		p, o := plain(), profile.DefaultRequestObject()
		p.Client.Auth, p.Login.RequestObject, p.AuthorizationDetails = method.Name, &o, []any{map[string]any{"type": "a"}}
		all = append(all, p)
	}
	return all
}

// has is what the profile says in a field that a hint may set.
func has(p *profile.Profile, field string) (string, bool) {
	switch field {
	case "client.basic_encoding":
		return p.Client.BasicEncoding, true
	case "dpop.enabled":
		return fmt.Sprint(p.DPoP.Enabled), true
	case "login.pushed":
		return p.Login.Pushed, true
	case "request.encoding":
		return p.Request.Encoding, true
	case "client.auth":
		return p.Client.Auth, true
	case "grant_assertion.not_before":
		return fmt.Sprint(p.GrantAssertion != nil && p.GrantAssertion.NotBefore), true
	default:
		return "", false
	}
}

// untrue says what is wrong with a hint for that profile, "" for nothing.
func untrue(p *profile.Profile, hint string) string {
	if _, rest, found := strings.Cut(hint, "set "); found && strings.Contains(rest, ": ") {
		field, value, _ := strings.Cut(rest, ": ")
		value = strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == ',' })[0]
		if now, known := has(p, field); known && now == value {
			return "the profile has " + field + ": " + now
		} else if !known && !strings.Contains(field, " ") {
			return "the test does not know the field " + field
		}
	}
	uses := map[string]bool{
		"client.basic_encoding": p.Client.Method().Basic,
		" assertion.audience":   p.Client.Method().Signs,
		"dpop.alg":              p.DPoP.Enabled,
		"login-pkce":            !deviceOnly(p),
		"grant_assertion":       p.GrantAssertion != nil,
		"login.request_object":  p.Login.RequestObject != nil,
		"authorization_details": p.AuthorizationDetails != nil,
		"{":                     false,
	}
	for _, field := range []string{profile.ClientSecret, profile.ClientKey, profile.ClientAssertion} {
		uses[field] = p.Client.Method().Uses(field) || p.Login.RequestObject != nil && field == profile.ClientKey || p.GrantAssertion != nil && field == p.GrantKey().Path
	}
	for word, used := range uses {
		if strings.Contains(hint, word) && !used {
			return "it speaks of " + word
		}
	}
	if strings.Contains(hint, "set tls.client_certificate") && !p.TLS.ClientCertificate.IsZero() {
		return "the profile has tls.client_certificate"
	}
	return ""
}

// TestNoHintIsUntrue goes over every hint and every kind of profile: whatever
// the answer, a hint never advises what the profile already has, nor a field
// that it does not use.
func TestNoHintIsUntrue(t *testing.T) {
	profiles := profilesOfAllKinds()
	for i, a := range append(advices(), grantAdvices()...) {
		said := 0
		for _, p := range profiles {
			for _, field := range []string{tokenURL, parURL, "device_authorization_url", "refresh", "signed"} {
				// The server asks every second of those that have a certificate for it.
				way := endpoint.Route{HasCertificate: certificate(situation{p: p}), Asked: hasScopes(situation{p: p})}
				s := situation{p: p, refused: &endpoint.Refusal{Route: way}, field: field, grantType: "client_credentials", respelt: p.Client.Auth == "client_secret_basic"}
				if field == "refresh" {
					s.field, s.grantType = tokenURL, "refresh_token"
				}
				if field == "signed" {
					s.field, s.grantType = tokenURL, "jwt_bearer"
				}
				if a.when != nil && !a.when(s) {
					continue
				}
				said++
				if why := untrue(p, s.fill(a.say)); why != "" {
					t.Fatalf("hint %d, %q, for client.auth %s: %s", i, s.fill(a.say), p.Client.Auth, why)
				}
			}
		}
		if said == 0 || a.when != nil && said == 5*len(profiles) && a.say != "" && strings.Contains(a.say, "set ") {
			t.Errorf("hint %d, %q, is said of %d profiles", i, a.say, said)
		}
	}
	for _, p := range profiles {
		for _, grant := range []string{"", "authorization_code", "device_code", "refresh_token", "token_exchange"} {
			if why := untrue(p, LoginCommand(p, grant)); why != "" {
				t.Fatalf("%s: %s", LoginCommand(p, grant), why)
			}
		}
	}
}

// The test above must see a lie.
func TestUntrueHintsAreSeen(t *testing.T) {
	p := plain()
	for _, hint := range []string{
		"set client.basic_encoding: form", "check client.key", "set request.encoding: form now", "set dpop.enabled: false", "set x.y: z", "{p}", "dpop.alg",
	} {
		if untrue(p, hint) == "" {
			t.Errorf("%q passes", hint)
		}
	}
}

// TestHintsNameTheFix: for each answer the field or command that fixes it.
func TestHintsNameTheFix(t *testing.T) {
	form := func(p *profile.Profile) { p.Client.BasicEncoding = "form" }
	for name, c := range map[string]struct {
		change    func(*profile.Profile)
		secret    string
		code      string
		text      string
		want, not string
	}{
		"basic, plain secret":    {form, "abc", "invalid_client", "", "client.secret", "basic_encoding"},
		"basic, odd secret":      {form, "a+b/c", "invalid_client", "", "set client.basic_encoding: raw", "form in"},
		"basic, odd secret, raw": {func(p *profile.Profile) { p.Client.BasicEncoding = "raw" }, "a+b/c", "invalid_client", "", "set client.basic_encoding: form", "raw in"},
		"post, odd secret":       {func(p *profile.Profile) { p.Client.Auth = "client_secret_post" }, "a+b/c", "invalid_client", "", "client.secret", "basic_encoding"},
		"post, a Basic header beside": {func(p *profile.Profile) {
			p.Client.Auth = "client_secret_post"
			p.Request.Headers = []profile.Field{{Name: "Authorization", Basic: &profile.Basic{Username: "a+b", Password: secret.Ref{Kind: secret.Env, Name: "X"}}}}
		}, "a+b/c", "invalid_client", "", "client.secret", "basic_encoding"},
		"unauthorized_client":        {nil, "abc", "unauthorized_client", "", "use the grant client_credentials, or client.secret is wrong", ""},
		"audience":                   {nil, "abc", "invalid_client", "Audience not found", "check audience", "client.auth"},
		"audience of an assertion":   {func(p *profile.Profile) { p.Client.Auth = "client_secret_jwt"; p.Issuer = "https://as.example" }, strings.Repeat("s", 40), "invalid_request", "no such audience", "assertion.audience", ""},
		"DPoP is wanted":             {nil, "abc", "invalid_request", "DPoP proof is missing", "set dpop.enabled: true", ""},
		"DPoP is there":              {func(p *profile.Profile) { p.DPoP.Enabled = true }, "abc", "invalid_dpop_proof", "iat", "dpop.alg", "set dpop.enabled"},
		"a certificate is wanted":    {nil, "abc", "", "No required SSL certificate was sent", "set tls.client_certificate", ""},
		"declined":                   {nil, "abc", "access_denied", "", "somebody declined", ""},
		"declined, another spelling": {nil, "abc", "authorization_declined", "", "somebody declined", ""},
		"details":                    {func(p *profile.Profile) { p.AuthorizationDetails = []any{map[string]any{"type": "a"}} }, "abc", "invalid_authorization_details", "", "check authorization_details in profile plain", ""},
		"no scope":                   {nil, "abc", "invalid_scope", "", "scopes in profile plain names none", "check scopes"},
	} {
		t.Run(name, func(t *testing.T) {
			body := object{"error": c.code, "error_description": c.text}
			if c.code == "" {
				body = object{"message": c.text}
			}
			b := newFixture(t, status(400, nil, body))
			b.Auths = b.authsWith(c.secret)
			p := plain()
			if c.change != nil {
				c.change(p)
			}
			f := asFault(t, second(b.Token(t.Context(), p, Options{})))
			hints := strings.Join(f.Hints, "\n")
			if f.Kind != fault.Refused || !strings.Contains(hints, c.want) || c.not != "" && strings.Contains(hints, c.not) {
				t.Errorf("%v\n%s", f, hints)
			}
		})
	}
}

// A profile's hint is for the whole error number, not for one that begins like it.
func TestProfileHintsMatchWholeWords(t *testing.T) {
	for text, want := range map[string]bool{
		"AADSTS90002: no tenant": true, "[AADSTS90002]": true, "x AADSTS90002": true, "AADSTS90002": true,
		"AADSTS900023: neither": false, "XAADSTS90002": false, "AADSTS900023 AADSTS90002": true, "aadsts90002": false, "": false, "AADSTS90002é": false,
	} {
		if hasWords(text, "AADSTS90002") != want {
			t.Errorf("%q", text)
		}
	}
	if !hasWords("Invalid token:x", "Invalid token:") || hasWords("x", "") || !hasWords("invalid_redirect_uri", "redirect_uri") {
		t.Error("the edges of what is looked for count only where they are letters")
	}
}

// TestTheClockSpeaks: from one second on where the server complains of time
// and something that we sent says when it was made, else from five.
func TestTheClockSpeaks(t *testing.T) {
	for name, c := range map[string]struct {
		ahead  time.Duration // of the server's clock
		signed bool
		text   string
		says   bool
	}{
		"2 s, iat":              {2 * time.Second, true, "iat is in the future", true},
		"2 s, JWT not active":   {2 * time.Second, true, "Token is not active", true},
		"2 s, no complaint":     {2 * time.Second, true, "no such key", false},
		"2 s, nothing is timed": {2 * time.Second, false, "the password expired", false},
		"same second":           {0, true, "iat is in the future", false},
		"9 s, no complaint":     {9 * time.Second, false, "no such key", true},
	} {
		t.Run(name, func(t *testing.T) {
			h := http.Header{"Date": {testNow.Add(c.ahead).Format(http.TimeFormat)}}
			b := newFixture(t, status(400, h, object{"error": "invalid_client", "error_description": c.text}))
			p := plain()
			if c.signed {
				p.Client.Auth, p.Issuer = "client_secret_jwt", "https://as.example"
			}
			f := asFault(t, second(b.Token(t.Context(), p, Options{})))
			if got := slices.ContainsFunc(f.Hints, func(h string) bool { return strings.Contains(h, "clock is") }); got != c.says {
				t.Errorf("%q", f.Hints)
			}
		})
	}
}
