package config_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"authctl/internal/config"
	"authctl/internal/fault"
	"authctl/internal/strict"
)

// canary stands where a secret was written by mistake; no message may hold it.
const canary = "Canary4toXrw0x"

// body is a profile without fault; cases add lines to it.
const body = "token_url: https://s.example/token\nclient: {id: app, secret: keyring:client_secret}\n"

func problemsOf(t *testing.T, err error) strict.Problems {
	t.Helper()
	if err == nil {
		return nil
	}
	if fault.KindOf(err) != fault.Config {
		t.Errorf("kind %v, want config", fault.KindOf(err))
	}
	var f *fault.Error
	if errors.As(err, &f) && strings.Contains(f.Error()+strings.Join(f.Hints, " "), canary) {
		t.Errorf("a secret is quoted: %v %q", f, f.Hints)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("the message has several lines: %q", err)
	}
	all := strict.AllProblems(err)
	if len(all) == 0 {
		t.Fatalf("no problems in %v", err)
	}
	return all
}

func TestWhatIsRefused(t *testing.T) {
	for _, c := range []struct{ name, yaml, at, text string }{
		{"unknown field", "client: {id: a, secrt: keyring:x}", "1:17", `client.secrt: unknown field, did you mean "secret"?`},
		{"unknown field, nothing near", "zzz: 1", "1:1", "zzz: unknown field"},
		{"dash for underscore", "token-url: https://x.example", "1:1", `did you mean "token_url"?`},
		{"duplicate key", body + "grant: client_credentials\ngrant: token_exchange", "4:1", "grant: is given twice, first in line 3"},
		{"duplicate key in a claim", body + "assertion: {claims: [{name: a, value: {b: {c: 1, c: 2}}}]}", "3:50", "value.b.c: is given twice"},
		{"merge key", body + "client: &c {id: x}\nlogin: {<<: *c}", "4:9", "merge keys"},
		{"literal secret", "client: {secret: " + canary + "}", "1:18", "client.secret: a secret must not stand in the file"},
		{"literal number as secret", "client: {secret: 123456}", "1:18", "client.secret: a secret must not stand in the file"},
		{"literal with a colon", "client: {secret: 'x:" + canary + "'}", "1:18", "client.secret: a secret must not stand"},
		{"literal in a list", "client: {secret: [" + canary + "]}", "1:18", "client.secret: must be a secret reference, not a list"},
		{"secret as an alias", "client: {secret: *" + canary + "}", "1:18", "an alias (*name) without its anchor"},
		{"literal password", body + "request: {headers: [{name: X, basic: {username: u, password: " + canary + "}}]}", "3:62", "basic.password: a secret must not"},
		{"literal in a standard parameter", body + "request: {params: [{name: client_secret, value: " + canary + "}]}", "3:42", "client_secret is a secret"},
		{"literal in a header that names a key", body + "api: {headers: [{name: X-Api-Key, value: " + canary + "}]}", "3:35", "X-Api-Key is a secret"},
		{"password in a URL", "token_url: https://u:" + canary + "@s.example/", "1:1", "token_url: must not hold a user name"},
		{"certificate path without file:", body + "tls: {ca: /etc/ca.pem}", "3:11", "tls.ca: must be a reference such as file:PATH"},
		{"empty reference", "client: {secret: 'keyring:'}", "1:18", "client.secret: keyring: needs a name"},
		{"command as text", "client: {secret: 'command: cat x'}", "1:18", "command: needs a list"},
		{"a job's token as a secret", "client: {secret: {github_actions: a}}", "1:18", "github_actions gives the token of a job"},
		{"a job's token as a key", "tls: {client_key: {github_actions: a}}", "1:19", "github_actions gives the token of a job"},
		{"no audience", "client: {assertion: {github_actions: ''}}", "1:21", "github_actions: needs the audience"},
		{"a command beside it", "client: {assertion: {github_actions: a, command: [b]}}", "1:21", "and nothing beside it"},
		{"command of nothing", "client: {secret: {command: []}}", "1:18", "command: needs a list"},
		{"http", "token_url: http://s.example/token", "1:1", "token_url: http would send secrets in the clear"},
		{"other scheme", "issuer: ftp://s.example", "1:1", "issuer: the scheme must be https"},
		{"no scheme", "issuer: s.example", "1:1", "issuer: is not an absolute URL"},
		{"no host", "issuer: 'https:///x'", "1:1", "issuer: has no host"},
		{"fragment", "token_url: 'https://s.example/#x'", "1:1", "must not have a fragment"},
		{"http redirect", body + "login: {redirect_uri: 'http://s.example/cb'}", "3:9", "login.redirect_uri: http beyond loopback"},
		{"enum", "grant: client_credential", "1:1", `grant: "client_credential" is unknown, did you mean "client_credentials"?`},
		{"enum, nothing near", "request: {encoding: xml}", "1:11", "is one of form, json"},
		{"alg of another method", body + "assertion: {alg: HS256}", "3:13", `assertion.alg: "HS256" is unknown`},
		{"kid nearly a word", body + "assertion: {kid: spki_sha256}", "3:13", `looks like "spki-sha256"`},
		{"text for a list", body + "scopes: openid", "3:9", "scopes: must be a list"},
		{"list for text", "issuer: [https://s.example]", "1:9", "issuer: must be text, not a list"},
		{"text for a mapping", "client: app", "1:9", "client: must be a mapping"},
		{"boolean for text", "client: {id: true}", "1:14", "client.id: must be text, not true or false"},
		{"text for a boolean", body + "dpop: {enabled: yes}", "3:17", "dpop.enabled: must be true or false"},
		{"time without unit", body + "token: {min_ttl: 60}", "3:18", "token.min_ttl: must be a time with its unit"},
		{"lifetime of nothing", body + "assertion: {lifetime: 0s}", "3:13", "assertion.lifetime: must be more than 0"},
		{"two scopes in one", body + "scopes: ['openid email']", "3:10", "scopes[0]: is not one scope"},
		{"header name", body + "request: {headers: [{name: 'X Y', value: v}]}", "3:22", "is not a header name"},
		{"CR LF in a header", body + "request: {headers: [{name: X, value: \"a\\r\\nb\"}]}", "3:31", "must not hold control characters"},
		{"NUL in a header", body + "api: {headers: [{name: X, value: \"a\\0b\"}]}", "3:27", "must not hold control characters"},
		{"header given twice", body + "api: {headers: [{name: X, value: a}, {name: x, value: b}]}", "3:39", "x is given twice"},
		{"header of the token", body + "api: {headers: [{name: authorization, secret: keyring:x}]}", "3:18", "is set by authctl itself"},
		{"two kinds of value", body + "request: {headers: [{name: X, value: v, secret: keyring:x}]}", "3:21", "exactly one of value, secret and basic"},
		{"no value", body + "request: {headers: [{name: X}]}", "3:21", "exactly one of value, secret and basic"},
		{"a claim without value", body + "assertion: {claims: [{name: X}]}", "3:22", "exactly one of value, secret and basic"},
		{"a claim with two", body + "assertion: {claims: [{name: X, value: 1, basic: {}}]}", "3:22", "exactly one of value, secret and basic"},
		{"DEL in a header", body + "api: {headers: [{name: X, value: \"a\\x7f\"}]}", "3:27", "must not hold control characters"},
		{"a space around a header", body + "api: {headers: [{name: X, value: ' a'}]}", "3:27", "must not hold control characters"},
		{"a scope beyond ASCII", body + "scopes: [é]", "3:10", "scopes[0]: is not one scope"},
		{"no name", body + "request: {headers: [{value: v}]}", "3:21", "name: is missing"},
		{"object in a form", body + "request: {params: [{name: a, value: {b: 1}}]}", "3:30", "must be text, a number or a boolean"},
		{"claim twice", body + "assertion: {claims: [{name: a, value: 1}, {name: a, value: 2}]}", "3:44", `"a" is given twice`},
		{"alg as a header", body + "assertion: {headers: [{name: alg, value: none}]}", "3:24", "comes from assertion.alg"},
		{"infinity", body + "assertion: {claims: [{name: a, value: .inf}]}", "3:39", "is not a JSON value"},
		{"colon in a user name", body + "request: {headers: [{name: X, basic: {username: 'a:b', password: keyring:p}}]}", "3:39", "must not hold a colon"},
		{"URL as an API host", body + "api: {hosts: ['https://a.example']}", "3:15", "api.hosts[0]: must be a host or host:port"},
		{"wildcard host", body + "api: {hosts: ['*.example']}", "3:15", "api.hosts[0]: must be a host"},
		{"half of mutual TLS", body + "tls: {client_key: file:k.pem}", "3:1", "tls.client_certificate: is needed by tls.client_key"},
		{"a claim that is no text", body + "sts: {claims: [{name: a, value: [1]}]}", "3:33", "sts.claims[0].value: must be text, not a list"},
		{"a key of a claim", body + "sts: {claims: [{nme: a, value: b}]}", "3:17", `did you mean "name"?`},
		{"claims and no STS", body + "sts: {claims: [{name: a, value: b}]}", "3:1", "sts.url: is missing, and sts.claims is for it"},
		{"a pin that pins nothing", body + "sts: {signing_certificates: [file:a.pem, '']}", "3:42", "sts.signing_certificates[1]: is empty"},
		{"a pin that is no list", body + "sts: {signing_certificates: file:a.pem}", "3:29", "sts.signing_certificates: must be a list"},
		{"the key of an STS itself", body + "sts: {key: CANARY}", "3:12", "sts.key: a secret must not stand in the file"},
		{"test and production", "preset: kl-gateway\nclient: {id: x}\nsts: {url: https://n2adgangsstyring.stoettesystemerne.dk/x}", "3:7", "sts.url: is of the production environment, and issuer of the test one"},
		{"unknown preset", "preset: kl-gatway", "1:9", `there is no preset "kl-gatway", did you mean "kl-gateway"?`},
		{"two documents", body + "---\nx: 1", "", "only one document"},
		{"no YAML", "client: {", "", "not valid YAML"},
		{"an empty body", "", "1:1", "token_url: is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := config.ParseProfile("p", "f.yaml", []byte(c.yaml))
			for _, p := range problemsOf(t, err) {
				at := fmt.Sprintf("%d:%d", p.Line, p.Column)
				if strings.Contains(p.String(), c.text) && (c.at == "" || c.at == at) {
					return
				}
			}
			t.Errorf("no problem at %s saying %q in\n%v", c.at, c.text, strict.AllProblems(err))
		})
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	_, err := config.Parse("f.yaml", []byte(`version: 1
default_profile: saluss
store: keyrng
profiles:
  salus:
    token_url: https://s.example/token
    client: {id: a, secrt: keyring:x}
  klg:
    grant: client_credential
    token_url: http://s.example/token
    client: {id: a, secret: `+canary+`}
  "a b": {preset: helseid, client: {id: x}}
`))
	want := []string{
		`f.yaml:2:1: default_profile: there is no profile "saluss", did you mean "salus"?`,
		`f.yaml:3:1: store: must be one of keyring, file, none, vault, kubernetes, did you mean keyring?`,
		`f.yaml:7:21: client.secrt: unknown field, did you mean "secret"?`,
		`f.yaml:9:5: grant: "client_credential" is unknown, did you mean "client_credentials"?`,
		`f.yaml:10:5: token_url: http would send secrets in the clear to s.example`,
		`f.yaml:11:29: client.secret: a secret must not stand in the file, only a reference to it`,
		`f.yaml:12:3: "a b" cannot be a profile's name: letters, digits and . _ - @ +, a letter or digit first`,
	}
	got := problemsOf(t, err)
	for i, p := range got {
		if i >= len(want) || p.String() != want[i] {
			t.Errorf("problem %d: %s", i, p)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d problems, want %d", len(got), len(want))
	}
	if text := err.Error(); text != want[0]+" (and 6 more)" {
		t.Errorf("message %q", text)
	}
	var f *fault.Error
	if !errors.As(err, &f) || !strings.Contains(strings.Join(f.Hints, "\n"), "authctl secret set client_secret -p klg") {
		t.Errorf("no hint names the command: %q", f.Hints)
	}
}

// What stands there and cannot be read is not missing as well.
func TestABrokenReferenceIsOneProblem(t *testing.T) {
	for text, want := range map[string]string{
		"{command: echo hi}":          "p.yaml:2:35: client.secret.command: must be a list, in [ ] or as lines with - , not text",
		"{command: [false]}":          "p.yaml:2:36: client.secret.command[0]: must be text, not true or false (quote it to mean text)",
		"{command: [echo], shell: 1}": "p.yaml:2:43: client.secret.shell: unknown field",
	} {
		_, err := config.ParseProfile("p", "p.yaml", []byte("token_url: https://s.example/t\nclient: {id: a, secret: "+text+"}\n"))
		if got := problemsOf(t, err); len(got) != 1 || got[0].String() != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestAliasesAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString(body + "assertion:\n  claims:\n    - {name: a0, value: &a0 [x,x,x,x,x,x,x,x,x,x]}\n")
	for i := 1; i < 9; i++ {
		fmt.Fprintf(&b, "    - {name: a%d, value: &a%d [%s]}\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	_, err := config.ParseProfile("p", "f.yaml", []byte(b.String()))
	if got := problemsOf(t, err); len(got) > 20 || !strings.Contains(fmt.Sprint(got), "too large once its aliases are followed") {
		t.Errorf("%d problems: %.300v", len(got), got)
	}
	for _, loop := range []string{"&a [*a]", "&a {b: *a}"} {
		_, err := config.ParseProfile("p", "f.yaml", []byte(body+"assertion: {claims: [{name: a, value: "+loop+"}]}"))
		_ = problemsOf(t, err)
	}
	deep := strings.Repeat("[", 500) + strings.Repeat("]", 500)
	_, err = config.ParseProfile("p", "f.yaml", []byte(body+"assertion: {claims: [{name: a, value: "+deep+"}]}"))
	if got := problemsOf(t, err); len(got) != 1 || !strings.Contains(got[0].Text, "nested more than") {
		t.Errorf("%v", got)
	}
}

func TestAliasOfAList(t *testing.T) {
	set, err := config.Parse("f.yaml", []byte("profiles:\n  a:\n    token_url: https://s.example/\n    client: &c {id: x, secret: env:S}\n    scopes: &s [one, two]\n  b:\n    token_url: https://s.example/\n    client: *c\n    scopes: *s\n"))
	if err != nil {
		t.Fatal(strict.AllProblems(err))
	}
	if b := set.Profiles[1]; b.Client.Secret.Name != "S" || len(b.Scopes) != 2 {
		t.Errorf("%+v", b)
	}
}

func TestAnotherVersion(t *testing.T) {
	_, err := config.Parse("f.yaml", []byte("version: 2\n"))
	if got := problemsOf(t, err); got[0].String() != "f.yaml:1:1: version: this authctl reads version 1 of the format" {
		t.Error(got)
	}
}

// TestAnUnknownPresetIsOneProblem: what it would have brought is not missing as well.
func TestAnUnknownPresetIsOneProblem(t *testing.T) {
	_, err := config.ParseProfile("p", "f.yaml", []byte("preset: kl-gatway\ngrant: nonsense\n"))
	if got := problemsOf(t, err); len(got) != 2 || got[0].Path != "preset" || got[1].Path != "grant" {
		t.Error(got)
	}
}
