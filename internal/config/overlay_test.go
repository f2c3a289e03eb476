package config_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"authctl/internal/config"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/strict"
)

func mustParse(t *testing.T, name, text string) *profile.Profile {
	t.Helper()
	p, err := config.ParseProfile(name, "/etc/authctl/f.yaml", []byte(text))
	if err != nil {
		t.Fatal(strict.AllProblems(err))
	}
	return p
}

func TestAProfileLiesOverItsPreset(t *testing.T) {
	p := mustParse(t, "p", `preset: ardengem-nhs
token_url: https://e.example/token/
issuer:
client: {id: 0012345, basic_encoding: raw, secret: }
scopes: [api://x/.default]
api:
  hosts: [other.example]
  headers: []
hints: [{match: m, say: s}]
`)
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"a scalar overrides", p.Client.BasicEncoding, "raw"},
		{"digits stay as written", p.Client.ID, "0012345"},
		{"a key without value keeps the preset's", p.Client.Secret, secret.Ref{Kind: secret.Keyring, Name: "client_secret", Line: true}},
		{"mappings merge: auth is the preset's", p.Client.Auth, "client_secret_post"},
		{"mappings merge: scheme is the preset's", p.API.Scheme, "bearer"},
		{"lists replace", p.API.Hosts, []string{"other.example"}},
		{"an empty list empties", len(p.API.Headers), 0},
		{"a list of mappings replaces", p.Hints, []profile.Hint{{Match: "m", Say: "s"}}},
		{"what nobody writes is the default", p.Token.MinTTL, time.Minute},
		{"keep_on is the preset's", p.API.KeepOn[0], "missing subscription key"},
		{"the source of a written field", p.Source["client.id"], "/etc/authctl/f.yaml:4:10"},
		{"the source of a preset's field", p.Source["api.scheme"][:20], "preset ardengem-nhs:"},
		{"the source of a field of the preset below it", p.Source["client.auth"][:13], "preset entra:"},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
		}
	}
	cleared := mustParse(t, "p", "preset: salus-guardian\ntoken_url: https://g.example/\nclient: {id: x, auth: none, secret: ''}\n")
	if !cleared.Client.Secret.IsZero() {
		t.Errorf(`"" leaves the preset's secret in place: %v`, cleared.Client.Secret)
	}
}

// A token that is bound to a key is refused under any other scheme (RFC 9449
// 7.1): whoever asks for DPoP need not say it twice, and may say otherwise.
func TestDPoPImpliesItsScheme(t *testing.T) {
	const own = "token_url: https://as.example/token\nclient: {id: app, auth: none}\n"
	for more, want := range map[string]string{
		"": "Bearer", "dpop: {enabled: true}\n": "DPoP", "dpop: {enabled: true}\napi: {hosts: [a.example]}\n": "DPoP",
		"dpop: {enabled: true}\napi: {scheme: dpop}\n": "dpop", "dpop: {enabled: true}\napi: {scheme: Bearer}\n": "Bearer",
	} {
		if p := mustParse(t, "p", own+more); p.API.Scheme != want {
			t.Errorf("%s: %s", more, p.API.Scheme)
		}
	}
	preset := "preset: ardengem-nhs\ntoken_url: https://e.example/token/\nclient: {id: a}\nscopes: [s]\ndpop: {enabled: true}\n"
	if p := mustParse(t, "p", preset); p.API.Scheme != "bearer" {
		t.Errorf("a preset's scheme: %s", p.API.Scheme)
	}
}

func TestNamesSurviveByteForByte(t *testing.T) {
	set, err := config.Parse("f.yaml", []byte(`profiles:
  Prod.EU:
    token_url: https://s.example/Token
    client: {id: App.Ünï, auth: private_key_jwt, key: "file:Key.pem#/privateJwk"}
    issuer: https://s.example/Realm
    assertion:
      claims:
        - {name: "https://ns.example/Role", value: Admin}
        - {name: 'quo"te.d', value: {"A.b": [1, 2.50, 1e400, true, null, "on", yes, 12345678901234567890]}}
        - {name: date, value: 2024-01-02}
        - {name: nothing, value: null}
`))
	if err != nil {
		t.Fatal(strict.AllProblems(err))
	}
	p := set.Profiles[0]
	if p.Name != "Prod.EU" || p.Client.ID != "App.Ünï" || p.TokenURL != "https://s.example/Token" {
		t.Errorf("%q %q %q", p.Name, p.Client.ID, p.TokenURL)
	}
	claims := map[string]any{}
	for _, c := range p.Assertion.Claims {
		claims[c.Name] = c.Value
	}
	got, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"date":"2024-01-02","https://ns.example/Role":"Admin","nothing":null,"quo\"te.d":{"A.b":[1,2.50,1e400,true,null,"on","yes",12345678901234567890]}}`
	if string(got) != want {
		t.Errorf("claims\n%s, want\n%s", got, want)
	}
}

func TestReferences(t *testing.T) {
	p := mustParse(t, "p", `token_url: https://s.example/
client:
  id: x
  auth: private_key_jwt
  secret: {command: [pass, show, "a b"]}
  key: file:keys/k.pem#/privateJwk
  certificate: file:~/c.pem
  assertion: file:/run/token
issuer: https://s.example
exchange: {subject_token: "file:-"}
tls: {ca: "env:CA"}
`)
	for _, c := range []struct {
		what      string
		got, want secret.Ref
	}{
		{"command", p.Client.Secret, secret.Ref{Kind: secret.Command, Argv: []string{"pass", "show", "a b"}, Line: true}},
		{"relative to the file, not to the current folder", p.Client.Key, secret.Ref{Kind: secret.File, Path: filepath.FromSlash("/etc/authctl/keys/k.pem"), Pointer: "/privateJwk"}},
		{"home stays for the resolver", p.Client.Certificate, secret.Ref{Kind: secret.File, Path: "~/c.pem", AnyMode: true}},
		{"a platform's token may be readable", p.Client.Assertion, secret.Ref{Kind: secret.File, Path: "/run/token", AnyMode: true}},
		{"stdin", p.Exchange.SubjectToken, secret.Ref{Kind: secret.File, Path: "-", AnyMode: true}},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.what, c.got, c.want)
		}
	}
}

// TestWhatIsWrittenReadsBack: show prints what could stand in profiles.d.
func TestWhatIsWrittenReadsBack(t *testing.T) {
	data, err := os.ReadFile("../../profiles.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	set, err := config.Parse("/nowhere/f.yaml", data)
	if err != nil {
		t.Fatal(strict.AllProblems(err))
	}
	odd := mustParse(t, "odd", "token_url: https://s.example/\nclient: {id: '#x:\"y\"', secret: {command: [a, 'b: c']}}\nrequest: {params: [{name: a, value: 1.50}, {name: b, value: 'true'}, {name: c, value: \"x\\ny\"}]}\nassertion: {claims: [{name: n, value: {b: [1.50, '1.50', 1e400, '1e400', null, {'': ~, 'true': false, '1': 2}], a: []}}]}\n"+
		"sts: {url: 'https://sts.example', protocol: soap11, applies_to: x, claims: [{name: a, value: 01234567}, {name: b, value: '29189846'}, {name: c, value: 1_0.50}],\n"+
		" key_type: bearer, lifetime: 1h, key: env:K, certificate: 'file:~/c.pem', signing_certificates: ['file:/a.pem', {command: [b]}]}\n")
	if got := []string{odd.STS.Claims[0].Value, odd.STS.Claims[1].Value, odd.STS.Claims[2].Value}; !slices.Equal(got, []string{"01234567", "29189846", "1_0.50"}) {
		t.Errorf("claims are not as they are written: %q", got)
	}
	if got := odd.STS.SigningCertificates; len(got) != 2 || !got[0].AnyMode || odd.STS.Key.AnyMode || !odd.STS.Certificate.AnyMode {
		t.Errorf("%+v", odd.STS)
	}
	for _, p := range append(set.Profiles, *odd) {
		for what, marshal := range map[string]func(*profile.Profile) ([]byte, error){"plain": config.Marshal, "with origins": config.MarshalWithOrigins} {
			text, err := marshal(&p)
			if err != nil {
				t.Fatal(err)
			}
			if says := strings.Contains(string(text), "\nsts:"); says != (p.STS.AppliesTo != "") {
				t.Errorf("%s, %s: a profile without an STS says so:\n%s", p.Name, what, text)
			}
			again := mustParse(t, p.Name, string(text))
			again.Source, p.Source = nil, nil
			before, _ := json.Marshal(p)
			after, _ := json.Marshal(again)
			if string(before) != string(after) {
				t.Errorf("%s, %s:\n%s\n%s\n%s", p.Name, what, before, after, text)
			}
		}
	}
}
