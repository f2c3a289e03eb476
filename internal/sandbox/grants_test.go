package sandbox_test

import (
	"testing"
	"time"
)

func klgAssertion(b *box, key string) (header, body claims) {
	b.t.Helper()
	kid, err := b.key(key).SPKISHA256()
	if err != nil {
		b.t.Fatal(err)
	}
	now := time.Now().Unix()
	return claims{"kid": kid}, claims{
		"iss": "eoj", "sub": "eoj", "aud": b.URL + "/klg/auth/realms/ehealth", "iat": now, "nbf": now, "exp": now + 10, "jti": jti(),
	}
}

// Every one of the five grants by client credentials, and its API takes the token.
func TestFiveGrants(t *testing.T) {
	b := shared(t)
	env := b.Env()
	secretForm := values("grant_type", "client_credentials", "client_id", "12345", "client_secret", env["AUTHCTL_SECRET_ARDENGEM_CLIENT_SECRET"],
		"scope", "api://e5g957k-75c6-4be7-af7b-f0b70440d0a2/.default")
	entra := b.must(b.form("/ardengem/abc1234567-03ab-6b70-8a27-abc12345/oauth2/v2.0/token/", nil, secretForm))
	b.must(b.get("/ardengem/api/ping", map[string]string{
		"Authorization": "bearer " + entra.text("access_token"), "Ocp-Apim-Subscription-Key": env["AUTHCTL_SECRET_ARDENGEM_SUBSCRIPTION_KEY"],
	}))

	header, body := klgAssertion(b, "klg-key.pem")
	klg := b.must(b.form("/klg/auth/realms/ehealth/protocol/openid-connect/token", nil, values("grant_type", "client_credentials", "client_id", "eoj",
		"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "client_assertion", sign(t, b.key("klg-key.pem"), "RS256", header, body))))
	b.must(b.get("/klg/api/ping", klg.bearer()))

	salus := b.must(b.json("/salus/token", map[string]string{"Authorization": basic("Basic", "client_333", env["AUTHCTL_SECRET_SALUS_CLIENT_SECRET"])},
		`{"grant_type":"client_credentials","scope":"sls:idn"}`))
	b.must(b.get("/salus/api/ping", salus.bearer()))
}
