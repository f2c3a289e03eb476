package app

import (
	"testing"

	"authctl/internal/acquire"
	"authctl/internal/config"
	"authctl/internal/strict"
)

// goldenKeys is a profile's body, the subject of an exchange ("" for none) and
// the cache key that the first version made of it, or the first that had such a field.
func goldenKeys() []struct{ body, subject, key string } {
	const own = "token_url: https://as.example/token\nclient: {id: app, secret: env:S}\n"
	return []struct{ body, subject, key string }{
		{"preset: santedb\ntoken_url: https://s.example/auth/oauth2_token\nclient: {id: app}\n", "", "7f4a2f9a8f244b5b312ca53833143df0b4f4f1119125e5d77f8ab0af802c6c17"},
		{"preset: ardengem-nhs\ntoken_url: https://e.example/t/oauth2/v2.0/token/\nclient: {id: app}\nscopes: [api://x/.default]\n", "", "9ff95e1c58a93b07c48e2a3877bce263722de7a1af81f511cbb33396edd53d21"},
		{"preset: helseid\nclient: {id: app}\n", "", "626176f1d11491f7c42596c192c731b60d79c7cef538626066cb321c75faaff5"},
		{"preset: helseid-legacy\nclient: {id: app}\n", "", "b6658f3051bd8286caea125e721ee7a81e3f608316c525400ff96ecf340c7345"},
		{"preset: kl-gateway\nclient: {id: eoj}\n", "", "9e9a1458a560e270ede2a17fe913505978b9bef197a604b6035aaa4dd7599c89"},
		{"preset: kl-gateway\nclient: {id: eoj}\n", "5e1f", "4883166f5e37659e2dc6c7044b0b263d530a181ffedb1c30d89bda8937eb0335"},
		{"preset: salus-guardian\ntoken_url: https://g.example/token\nclient: {id: app}\n", "", "010eae9924c810c56270be21d52271764b2e90e495ffeca896703d1a2b9ac726"},
		{own, "", "b42518de74813a33520d8edcfa4b1224105ad0d3ec3c6c378bd1266e1198a6a1"},
		{own + "scopes: [a, b]\naudience: [x]\nresource: ['https://api.example/']\n", "", "b8d529f58d7092f98ed5020291db9b984729fdc5083cf9a49c4ac3294a258a28"},
		{own + "dpop: {enabled: true, alg: ES384}\napi: {scheme: DPoP}\n", "", "a24b301fd88617fa1222de051864cf612df62ef75507197a0fda157d7af4188a"},
		{own + "request:\n  encoding: json\n  omit: [scope]\n  params: [{name: p, value: 1}, {name: q, secret: env:Q}]\n" +
			"  headers: [{name: X-Device, basic: {username: u, password: env:P, scheme: Device}}]\n", "", "27db235c4bd0f47433e81ab11d849690475a2699979ee30b29f05b18891109bc"},
		{own + "token: {single_use: true, min_ttl: 5s}\n", "", "b42518de74813a33520d8edcfa4b1224105ad0d3ec3c6c378bd1266e1198a6a1"},
		{"token_url: https://as.example/token\nclient: {id: app, auth: private_key_jwt, key: file:k.pem, certificate: file:c.pem}\n" +
			"assertion: {alg: PS256, kid: x5t, audience: token_url, lifetime: 30s, claims: [{name: c, value: {a: [1]}}], headers: [{name: h, value: x}]}\n", "", "cbefbe3e6e2240cb70116b71ae680d7fd60be6a14856f533dca48e15fde79f9b"},
		{"issuer: https://as.example\nclient: {id: app, auth: none}\ngrant: authorization_code\nscopes: [openid]\n" +
			"login: {params: [{name: acr_values, value: high}]}\n", "", "f5e9002932323f9ff6d7cb444c3a88d4a0eef6930e304cc196e3f1c2dad20930"},
		{"token_url: https://as.example/token\nclient: {id: app, auth: tls_client_auth}\n" +
			"tls: {ca: file:ca.pem, client_certificate: file:c.pem, client_key: file:c.key}\n", "", "88c24ed7fb4848cfd674b4139add4ed0a89ddea1138e4a9c4a21a8e5616cb607"},
		{"token_url: https://as.example/token\nclient: {id: app, auth: federated, assertion: file:a.jwt}\n", "", "9857739f970d84bbc150526f3f55ac804fa71be0c231c62e20d50df5b9c48c56"},
		{"token_url: https://as.example/token\nclient: {id: app, auth: none}\ngrant: token_exchange\n" +
			"exchange: {subject_token: env:T, subject_token_type: jwt, subject_issuer: idp, requested_token_type: access_token, actor_token: env:A, actor_token_type: jwt}\n", "ab12", "924e317c8bf2c2294fad625ac4f02e59de6228d997dae592ae0e031522fee883"},
		{"token_url: https://as.example/token\nclient: {id: app, auth: private_key_jwt, key: {signer: [sign, '01'], public: file:/k.pem, env: [PIN]}}\n" +
			"assertion: {audience: token_url}\n", "", "1a68120c6ee5b6ddce91ccc5a96e10272043ad35a7a7ff2ee136295488689aa4"},
		{"token_url: https://as.example/token\nclient: {id: app, auth: private_key_jwt, key: 'ssh-agent:me'}\nassertion: {audience: token_url}\n", "", "05ff05e5f1ba3d499713dc26ece67e6a6a36b0d6f6129bfcc548922da282b8f4"},
		{own + "dpop: {enabled: true, key: {signer: [sign], public: file:/k.pem}}\n", "", "49dbf8229f5e8a2818f0f5400ffe867558031def616ba780a6f261cc6a210865"},
	}
}

// An upgrade loses no session: what the first version kept is found under the
// same key by every later one (docs/store.md).
func TestTodaysKeysStay(t *testing.T) {
	for i, c := range goldenKeys() {
		p, err := config.ParseProfile("golden", "golden.yaml", []byte(c.body))
		if err != nil {
			t.Errorf("%d: %v %v", i, err, strict.AllProblems(err))
			continue
		}
		if got := acquire.Key(p, c.subject); got != c.key {
			t.Errorf("%d: the key of\n%sis %s\nand was %s", i, c.body, got, c.key)
		}
	}
}
