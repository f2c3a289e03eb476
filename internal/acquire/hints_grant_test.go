package acquire

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// signedGrantProfile signs its grant; the fixture's signature is the word "signed".
func signedGrantProfile() (*profile.Profile, *profile.GrantAssertion) {
	p, a := plain(), profile.DefaultGrantAssertion()
	p.Grant, p.GrantAssertion, p.Client.Auth = "jwt_bearer", &a, "none"
	return p, &a
}

func signedWord(context.Context, *profile.Profile, string, string) (secret.Text, error) {
	return secret.New("signed"), nil
}

// What servers say, and the field that it is about, first.
func TestHintsOfASignedGrant(t *testing.T) {
	for name, c := range map[string]struct {
		nbf              bool
		code, text, page string
		want             string
	}{
		"nbf":         {true, "invalid_request", "Invalid assertion. Invalid parameter value", "MP-011", "set grant_assertion.not_before: false"},
		"sub":         {false, "invalid_request", "Invalid assertion. Invalid parameter value", "MP-011", "check grant_assertion.subject and grant_assertion.claims"},
		"aud":         {false, "invalid_grant", "Invalid assertion. Invalid JWT claim aud.", "MP-110", "grant_assertion.audience"},
		"x5c":         {false, "invalid_grant", "The JWT is signed with an invalid certificate", "MP-120", "grant_assertion.x5c"},
		"expired key": {false, "invalid_grant", "Expired key.", "MP-121", "check client.key and grant_assertion.kid"},
		"client":      {false, "invalid_grant", "Client not found.", "MP-100", "check grant_assertion.issuer"},
		"no word":     {false, "invalid_grant", "no", "", "authctl assert --grant -p plain"},
	} {
		t.Run(name, func(t *testing.T) {
			body := object{"error": c.code, "error_description": c.text}
			if c.page != "" {
				body["error_uri"] = "https://as.example/errors/" + c.page
			}
			b := newFixture(t, status(400, nil, body))
			p, a := signedGrantProfile()
			a.NotBefore = c.nbf
			b.Grants = signing()
			f := asFault(t, second(b.Token(t.Context(), p, Options{})))
			if f.Kind != fault.Refused || !strings.Contains(f.Hints[0], c.want) {
				t.Errorf("%v\n%q", f, f.Hints)
			}
			if last := f.Hints[len(f.Hints)-1]; c.page != "" && !strings.HasSuffix(last, "https://as.example/errors/"+c.page) {
				t.Errorf("the page of the error is not shown: %q", f.Hints)
			}
		})
	}
}

func signing() map[string]grant.Builder {
	return grant.Builtin(grant.Deps{Sign: signedWord})
}

// A signed grant says when it was made, too; and the server's page is text from outside.
func TestTheClockOfASignedGrant(t *testing.T) {
	h := http.Header{"Date": {testNow.Add(2 * time.Second).Format(http.TimeFormat)}}
	b := newFixture(t, status(400, h, object{"error": "invalid_grant", "error_description": "iat is in the future", "error_uri": "https://as.example/\x1b[2J"}))
	b.Grants = signing()
	p, _ := signedGrantProfile()
	f := asFault(t, second(b.Token(t.Context(), p, Options{})))
	if hints := strings.Join(f.Hints, "\n"); !strings.Contains(hints, "clock is 2s behind") || strings.Contains(hints, "\x1b") {
		t.Errorf("%q", hints)
	}
}

// What another party made is what a refusal of it is about, and not the
// profile's audience; a refresh carries no assertion of a grant.
func TestHintsOfAFinishedAssertion(t *testing.T) {
	for name, c := range map[string]struct {
		auth, grant, code, text string
		want, not               string
	}{
		"a grant's audience":  {"none", "jwt_bearer", "invalid_grant", "wrong aud (audience)", "the assertion of exchange.subject_token in profile plain: authctl decode", "audience and resource"},
		"SAML":                {"none", "saml2_bearer", "invalid_grant", "", "the assertion of exchange.subject_token", ""},
		"replayed":            {"none", "jwt_bearer", "jti_known", "", "exchange.subject_token of profile plain was used before", "decode"},
		"replayed, in words":  {"none", "jwt_bearer", "invalid_grant", "jti already seen", "was used before", "decode"},
		"a jti is missing":    {"none", "jwt_bearer", "invalid_grant", "jti must be there", "decode", "was used before"},
		"a client's":          {"federated", "client_credentials", "invalid_client", "audience", "the assertion of client.assertion", "audience and resource"},
		"a client's, again":   {"federated", "client_credentials", "invalid_client", "jti may be used once", "client.assertion of profile plain was used before", "decode"},
		"a refresh":           {"federated", "refresh_token", "invalid_grant", "", "-v shows", "assertion"},
		"an exchange's token": {"none", "token_exchange", "invalid_grant", "", "-v shows", "assertion"},
	} {
		t.Run(name, func(t *testing.T) {
			p := plain()
			p.Client.Auth = c.auth
			s := situation{p: p, field: tokenURL, grantType: c.grant, refused: &endpoint.Refusal{Status: 400, Code: c.code, Description: c.text}}
			if hints := strings.Join(hintsFor(s), "\n"); !strings.Contains(hints, c.want) || c.not != "" && strings.Contains(hints, c.not) {
				t.Errorf("%s", hints)
			}
		})
	}
}
