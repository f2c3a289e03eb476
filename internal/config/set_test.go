package config

import (
	"slices"
	"strings"
	"testing"

	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/strict"
)

// paths are the members below, by their path, lists of mappings left out.
func paths(members []strict.Member, at string, visit func(path string, m strict.Member)) {
	for _, m := range members {
		visit(strict.Below(at, m.Key), m)
		paths(m.Members, strict.Below(at, m.Key), visit)
	}
}

// What decides where a secret or a token goes is fixed, by the table: every
// address, every reference, who the client is and which hosts get its token.
func TestNoSetChangesWhereASecretGoes(t *testing.T) {
	p := profile.Default()
	always := []string{
		"preset", "issuer", "discovery", "insecure_http", "client.id", "client.auth", "login.redirect_uri", "login.response_mode", "api.hosts",
		"client.secret", "client.key", "client.key_passphrase", "client.certificate", "client.assertion",
		"grant_assertion.key", "grant_assertion.issuer", "grant_assertion.audience", "assertion.audience", "assertion.issuer", "exchange.subject_token", "exchange.actor_token", "dpop.key",
		"sts.url", "sts.applies_to", "sts.key", "sts.key_passphrase", "sts.certificate", "sts.signing_certificates",
		"tls.ca", "tls.client_certificate", "tls.client_key", "tls.client_key_passphrase",
	}
	seen := 0
	paths(profileMembers(&p), "", func(path string, m strict.Member) {
		want := slices.Contains(always, path) || strings.HasSuffix(path, "_url")
		if want {
			seen++
		}
		if len(m.Members) == 0 && m.Fixed != want {
			t.Errorf("%s: fixed is %v", path, m.Fixed)
		}
	})
	if seen < len(always)+9 {
		t.Errorf("only %d fields were seen", seen)
	}
}

func TestSetRefusesWhatIsFixed(t *testing.T) {
	text := "version: 1\nprofiles:\n  p:\n    token_url: https://as.example/token\n    client: {id: x, secret: env:S}\n"
	for _, set := range []string{
		"issuer=https://evil.example", "token_url=https://evil.example", "insecure_http=true", "tls.ca=file:x", "tls={ca: file:x}",
		"api.hosts=[evil.example]", "api={hosts: [evil.example]}", "client={id: y}", "sts.url=https://evil.example", "sts={applies_to: x}", "sts.signing_certificates=[]", "assertion.claims=[{name: a, value: 1}, {name: aud, value: x}]",
		"login.response_mode=query", "login={response_mode: query}",
		"grant_assertion.claims=[{value: &a aud, name: b}, {name: *a, value: x}]", "request.headers=[{name: x, basic: {username: u, password: env:P}}]",
	} {
		list, err := strict.Changes([]string{set})
		if err != nil {
			t.Fatal(err)
		}
		s := Settings{Profile: "p", over: list, main: parseDocument("f.yaml", []byte(text))}
		if _, err := LoadProfile(s, ""); err == nil || !strings.Contains(err.Error(), "decides where") {
			t.Errorf("%s: %v", set, err)
		}
	}
}

// A request that the profile wants signed is signed: there is no value that takes the block away.
func TestNoSetTakesTheSignatureOfARequestAway(t *testing.T) {
	text := "version: 1\nprofiles:\n  p:\n    issuer: https://as.example\n    client: {id: x, auth: private_key_jwt, key: file:/k.pem}\n    login: {request_object: {}}\n"
	for _, set := range []string{
		"login=null", "login={}", "login.request_object=null", "login.request_object=~", "login.request_object=", "login.request_object=false",
		"login={request_object: null}", "login.request_object={}", "login.request_object.alg=none", "login.request_object.alg=HS256",
	} {
		list, err := strict.Changes([]string{set})
		if err != nil {
			t.Fatal(err)
		}
		p, err := LoadProfile(Settings{Profile: "p", over: list, main: parseDocument("f.yaml", []byte(text))}, "")
		if err == nil && (p.Login.RequestObject == nil || p.Login.RequestObject.Alg != "") {
			t.Errorf("%s: %+v", set, p.Login.RequestObject)
		}
	}
}

func TestTheLastSetWins(t *testing.T) {
	list, err := strict.Changes([]string{"token_url=https://as.example/", "client={id: a, auth: none}", "client.id=b", "scopes=[x, y]", "client.id=0012"})
	if err != nil {
		t.Fatal(err)
	}
	p, err := LoadProfile(Settings{alone: true, over: list}, "")
	if err != nil {
		t.Fatal(strict.AllProblems(err))
	}
	if p.Client.ID != "0012" || p.Client.Auth != "none" || strings.Join(p.Scopes, " ") != "x y" || p.Name != profile.Alone {
		t.Errorf("%+v", p)
	}
}

// A claim is not where the assertion goes: one certificate asks for many municipalities.
func TestSetChangesAClaim(t *testing.T) {
	text := "version: 1\nprofiles:\n  p:\n    preset: kl-gateway\n    client: {id: x}\n    sts: {url: 'https://sts.example'}\n"
	list, err := strict.Changes([]string{"sts.claims=[{name: a, value: 01234567}]"})
	if err != nil {
		t.Fatal(err)
	}
	p, err := LoadProfile(Settings{Profile: "p", over: list, main: parseDocument("f.yaml", []byte(text))}, "")
	if err != nil {
		t.Fatal(strict.AllProblems(err))
	}
	if want := []profile.STSClaim{{Name: "a", Value: "01234567"}}; !slices.Equal(p.STS.Claims, want) || !p.AsksSTS() {
		t.Errorf("%+v", p.STS)
	}
}

func TestSetIsFieldAndValue(t *testing.T) {
	for _, set := range []string{"", "x", "=x", ".a=x", "a..b=x", "a=[", "a=*none"} {
		if _, err := strict.Changes([]string{set}); fault.KindOf(err) != fault.Usage {
			t.Errorf("%q: %v", set, err)
		}
	}
}

func FuzzSet(f *testing.F) {
	for _, seed := range []string{"client.id=x", "a=&a [*a]", "client.secret=hunter2", "=", "x=\xff", "request.params=[{name: x, value: 1}]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, set string) {
		list, err := strict.Changes([]string{set})
		if err != nil {
			return
		}
		_, _ = LoadProfile(Settings{alone: true, over: list}, "")
	})
}
