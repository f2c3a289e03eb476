package registration

import (
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"net/url"
	"strings"
	"testing"

	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

const jwk = `{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",` +
	`"d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI","kid":"a+b%2Bc"}`

func quoted(t testing.TB, s string) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// configuration is a client configuration with that value of privateJwk.
func configuration(key, more string) []byte {
	return []byte(`{"clientName":"EPJ","clientId":"c","privateJwk":` + key + more + `}`)
}

// The kid tells whether percent encoding was undone where there was none: it
// holds a + and a %2B.
func TestFormsOfPrivateJwk(t *testing.T) {
	for name, key := range map[string]string{
		"object":          jwk,
		"string":          quoted(t, jwk),
		"u0022":           `"` + strings.ReplaceAll(jwk, `"`, `\u0022`) + `"`,
		"percent":         quoted(t, url.PathEscape(jwk)),
		"percent, plus":   quoted(t, strings.ReplaceAll(url.PathEscape(jwk), "%2B", "+")),
		"string, percent": quoted(t, quoted(t, url.PathEscape(jwk))),
	} {
		c, err := Parse(configuration(key, ""))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.Key.KID != "a+b%2Bc" || c.Key.Signer == nil {
			t.Errorf("%s: kid %q", name, c.Key.KID)
		}
		again, err := keys.Load(c.KeyText, keys.Options{})
		if err != nil || again.KID != c.Key.KID || c.KeyText[0] != '{' {
			t.Errorf("%s: what is kept is %.10s, %v", name, c.KeyText, err)
		}
	}
}

func TestAuthority(t *testing.T) {
	for authority, want := range map[string][2]string{
		"https://sts.example":                 {"https://sts.example", ""},
		"https://sts.example/":                {"https://sts.example", ""},
		"https://sts.example/connect/token":   {"https://sts.example", "https://sts.example/connect/token"},
		"https://sts.example/a/connect/token": {"https://sts.example/a", "https://sts.example/a/connect/token"},
		"":                                    {"", ""},
	} {
		c, err := Parse(configuration(jwk, `,"authority":`+quoted(t, authority)))
		if err != nil || c.Issuer != want[0] || c.TokenURL != want[1] {
			t.Errorf("%s: issuer %q, token URL %q, %v", authority, c.Issuer, c.TokenURL, err)
		}
	}
}

func TestNoConfiguration(t *testing.T) {
	public := strings.Replace(jwk, `"d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",`, "", 1)
	for name, data := range map[string][]byte{
		"empty": nil, "text": []byte("x"), "list": []byte("[]"), "jwk": []byte(jwk), "no key": []byte(`{"clientId":"c"}`),
		"no id":      configuration(jwk, `,"clientId":""`),
		"null key":   configuration("null", ""),
		"number":     configuration("1", ""),
		"empty key":  configuration(`""`, ""),
		"broken key": configuration(`"{"`, ""),
		"public key": configuration(public, ""),
		"wrong type": configuration(jwk, `,"scopes":"a b"`),
		"too big":    configuration(quoted(t, strings.Repeat("x", MaxSize)), ""),
	} {
		if c, err := Parse(data); err == nil {
			t.Errorf("%s: %+v", name, c)
		} else if strings.Contains(err.Error(), "jpsQnn") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestProfile(t *testing.T) {
	ref := secret.Ref{Kind: secret.Keyring, Name: "client_key"}
	rsa := generated(t, "RS256", "PS256")
	for name, c := range map[string]struct {
		client Client
		want   string
	}{
		"the preset's server": {
			Client{ID: "c", Issuer: "https://helseid-sts.test.nhn.no", Preset: "helseid", Key: rsa, Grants: []string{"client_credentials"}},
			"preset: helseid\nclient:\n  id: c\n  key: keyring:client_key\n",
		},
		"a preset with another alg": {
			Client{ID: "c", Issuer: "https://x", TokenPath: "/connect/token", Preset: "helseid-legacy", Key: rsa},
			"preset: helseid-legacy\nissuer: https://x\ntoken_url: https://x/connect/token\nclient:\n  id: c\n  key: keyring:client_key\nassertion:\n  alg: PS256\n",
		},
		"a login": {
			Client{
				ID: "c", Preset: "helseid", Key: rsa, Grants: []string{"refresh_token", "authorization_code"}, Scopes: []string{"openid", "x"},
				RedirectURIs: []string{"https://epj.example/cb", "http://127.0.0.1:8080/cb"},
			},
			"preset: helseid\nclient:\n  id: c\n  key: keyring:client_key\ngrant: authorization_code\nscopes:\n  - openid\n  - x\nlogin:\n  redirect_uri: http://127.0.0.1:0/cb\n",
		},
		"a machine": {
			Client{
				ID: "c", Preset: "helseid", Key: rsa, Grants: []string{"authorization_code", "client_credentials"}, Scopes: []string{"openid", "x"},
				RedirectURIs: []string{"https://epj.example/cb"},
			},
			"preset: helseid\nclient:\n  id: c\n  key: keyring:client_key\nscopes:\n  - x\nlogin:\n  redirect_uri: https://epj.example/cb\n",
		},
	} {
		got, err := c.client.Profile(ref)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %v, got\n%s\nwant\n%s", name, err, got, c.want)
		}
	}
	for _, g := range profile.GrantTypes() {
		c := Client{Preset: "helseid", Key: rsa, Grants: []string{"other", g.Wire}, Scopes: []string{"openid"}}
		if c.grant() != g.Name || (len(c.scopes()) == 0) != g.ForItself() {
			t.Errorf("registered for %s: grant %q, scopes %v", g.Wire, c.grant(), c.scopes())
		}
	}
	if _, err := (&Client{Preset: "nothing", Key: rsa}).Profile(ref); err == nil {
		t.Error("a preset that is not there")
	}
}

func generated(t *testing.T, kind, alg string) *keys.Key {
	t.Helper()
	k, err := keys.Generate(kind, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k.Alg = alg
	return k
}

// serviceAccount is a key file of Google's with a key of that kind.
func serviceAccount(t testing.TB, kind string) []byte {
	t.Helper()
	k, err := keys.Generate(kind, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := k.PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	return []byte(`{"type":"service_account","client_email":"robot@p.example","private_key_id":"k1","token_uri":"https://oauth2.googleapis.com/token","private_key":` + quoted(t, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))) + `}`)
}

// A key that signs the grant goes into grant_assertion; what the preset says is left out.
func TestServiceAccount(t *testing.T) {
	const head = "preset: google-service-account\ngrant_assertion:\n  issuer: robot@p.example\n  key: file:/k.json#/private_key\n  kid: k1\n"
	for kind, want := range map[string]string{"RS256": head, "ES256": head + "  alg: ES256\n"} {
		c, err := Parse(serviceAccount(t, kind))
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Profile(secret.Ref{Kind: secret.File, Path: "/k.json", Pointer: "/" + c.KeyMember})
		if err != nil || string(got) != want || c.ProfileName() != "robot" {
			t.Errorf("%s: %s, %v:\n%s", kind, c.ProfileName(), err, got)
		}
		if notes := c.Notes(); len(notes) != 1 {
			t.Errorf("%s: %q", kind, notes)
		}
	}
}

func TestProfileName(t *testing.T) {
	for name, want := range map[string]string{
		"Mitt EPJ (test)": "mitt-epj-test", "Blåbær": "blåbær", "": "", "---": "", "../../x": "x", strings.Repeat("ø", 100): strings.Repeat("ø", 30),
	} {
		if got := (&Client{Name: name}).ProfileName(); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{jwk, quoted(f, jwk), quoted(f, url.PathEscape(jwk)), "1", `"%7B"`} {
		if s == "" {
			f.Fatal("an empty seed")
		}
		f.Add(configuration(s, `,"authority":"https://sts.example/connect/token","scopes":["a"],"redirectUris":["http://[::1]:1/"]`))
	}
	f.Add(serviceAccount(f, "RS256"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data)
		if err != nil {
			return
		}
		if c.ID == "" || c.Key == nil || c.Key.Signer == nil || len(c.KeyText) == 0 {
			t.Errorf("a client without id or key: %+v", c)
		}
		if _, err := c.Profile(secret.Ref{Kind: secret.Keyring, Name: "client_key"}); err != nil {
			t.Error(err)
		}
	})
}
