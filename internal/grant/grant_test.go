package grant

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

type given string

func (g given) Resolve(context.Context, string, secret.Ref) (secret.Text, error) {
	return secret.New(string(g)), nil
}

func sent(t *testing.T, g Grant) (names []string, values map[string]string) {
	t.Helper()
	r := &endpoint.Request{}
	if err := g.Apply(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	values = map[string]string{}
	for _, p := range r.Params {
		names = append(names, p.Name)
		values[p.Name] = fmt.Sprint(p.Value)
		if (strings.HasSuffix(p.Name, "_token") || p.Name == "assertion") && !p.Secret {
			t.Errorf("%s would be shown in a trace", p.Name)
		}
	}
	return names, values
}

func targeted() *profile.Profile {
	p := profile.Default()
	p.Scopes, p.Audience, p.Resource = []string{"a", "b"}, []string{"one", "two"}, []string{"urn:r"}
	return &p
}

func TestWhatEachGrantSends(t *testing.T) {
	x := targeted()
	x.Exchange.SubjectIssuer, x.Exchange.RequestedTokenType = "broker", "jwt"
	const urn = "urn:ietf:params:oauth:"
	for name, c := range map[string]struct {
		grant Grant
		names []string
		some  map[string]string
	}{
		"client_credentials": {
			ClientCredentials{targeted()},
			[]string{"grant_type", "scope", "audience", "audience", "resource"},
			map[string]string{"grant_type": "client_credentials", "scope": "a b", "resource": "urn:r"},
		},
		"refresh_token": {
			RefreshToken{Token: secret.New("r")},
			[]string{"grant_type", "refresh_token"},
			map[string]string{"grant_type": "refresh_token", "refresh_token": "r"},
		},
		"token_exchange": {
			TokenExchange{Profile: x, Subject: Subject{Token: secret.New("s"), Type: "access_token"}, Actor: Subject{Token: secret.New("a"), Type: "jwt"}},
			[]string{
				"grant_type", "subject_token", "subject_token_type", "subject_issuer", "requested_token_type",
				"actor_token", "actor_token_type", "scope", "audience", "audience", "resource",
			},
			map[string]string{
				"grant_type": urn + "grant-type:token-exchange", "subject_token_type": urn + "token-type:access_token",
				"requested_token_type": urn + "token-type:jwt", "actor_token_type": urn + "token-type:jwt", "subject_issuer": "broker",
			},
		},
		"jwt_bearer": {
			JWTBearer{bearer: bearer{profile: x, assertion: Subject{Token: secret.New("j"), Type: "jwt"}}},
			[]string{"grant_type", "assertion", "scope", "audience", "audience", "resource"},
			map[string]string{"grant_type": urn + "grant-type:jwt-bearer", "assertion": "j"},
		},
		"saml2_bearer": {
			SAML2Bearer{bearer{profile: x, assertion: Subject{Token: secret.New("j"), Type: "saml2"}}},
			[]string{"grant_type", "assertion", "scope", "audience", "audience", "resource"},
			map[string]string{"grant_type": urn + "grant-type:saml2-bearer"},
		},
	} {
		names, values := sent(t, c.grant)
		if !reflect.DeepEqual(names, c.names) || c.grant.Name() != name {
			t.Errorf("%s: %s sends %v", name, c.grant.Name(), names)
		}
		for k, v := range c.some {
			if values[k] != v {
				t.Errorf("%s: %s=%s, want %s", name, k, values[k], v)
			}
		}
	}
}

func TestOnlySpentGrantsAreNotRepeatable(t *testing.T) {
	if Repeatable(RefreshToken{}) || !Repeatable(ClientCredentials{}) || !Repeatable(TokenExchange{}) {
		t.Error("wrong")
	}
}

// TestEveryGrantOfTheTable is sent by a type of this room under its grant_type,
// and built for `token` where no person begins it.
func TestEveryGrantOfTheTable(t *testing.T) {
	p := targeted()
	types, builtin := map[string]Grant{}, Builtin(Deps{})
	for _, g := range []Grant{
		ClientCredentials{p}, AuthorizationCode{Profile: p}, DeviceCode{}, TokenExchange{Profile: p}, JWTBearer{bearer: bearer{profile: p}}, SAML2Bearer{bearer{profile: p}}, RefreshToken{}, Password{Profile: p},
	} {
		types[g.Name()] = g
	}
	maybe := []string{"subject_issuer", "requested_token_type", "actor_token", "actor_token_type", "code_verifier"} // where there is one
	for _, entry := range profile.GrantTypes() {
		g := types[entry.Name]
		if g == nil {
			t.Errorf("no type sends %s", entry.Name)
			continue
		}
		names, values := sent(t, g)
		if values["grant_type"] != entry.Wire {
			t.Errorf("%s sends grant_type %s", entry.Name, values["grant_type"])
		}
		for _, name := range names {
			if !slices.Contains(strings.Fields(entry.Sends), name) {
				t.Errorf("%s sends %s, and Sends has it not", entry.Name, name)
			}
		}
		for _, name := range strings.Fields(entry.Sends) {
			if target := slices.Contains([]string{"scope", "audience", "resource", "authorization_details"}, name); !target && !slices.Contains(names, name) && !slices.Contains(maybe, name) {
				t.Errorf("%s: Sends has %s, and it is not sent", entry.Name, name)
			}
		}
		if trades := slices.Contains(names, "subject_token") || slices.Contains(names, "assertion"); trades != entry.Trades {
			t.Errorf("%s: Trades is %v, and it sends %v", entry.Name, entry.Trades, names)
		}
		if _, built := builtin[entry.Name]; built == entry.Person {
			t.Errorf("%s: Person is %v, and Builtin has it: %v", entry.Name, entry.Person, built)
		}
		delete(types, entry.Name)
		delete(builtin, entry.Name)
	}
	for name := range types {
		t.Errorf("profile.GrantTypes has no %s", name)
	}
	for name := range builtin {
		t.Errorf("Builtin has %s, and profile.GrantTypes does not", name)
	}
}

// The same assertion as XML, base64, base64url and folded base64 is one subject.
func TestWireSubjectOfAnAssertion(t *testing.T) {
	const vectors = "../../cmd/testdata/vectors/"
	xml, err := os.ReadFile(vectors + "klg-assertion.xml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(vectors + "klg-subject-token.b64url")
	if err != nil {
		t.Fatal(err)
	}
	wire := strings.TrimSpace(string(want))
	standard := strings.NewReplacer("-", "+", "_", "/").Replace(wire)
	for name, in := range map[string]string{
		"XML": string(xml), "base64url": wire, "with a newline": wire + "\n", "base64": standard, "padded": standard + "=",
		"folded": standard[:76] + "\r\n" + standard[76:],
	} {
		for _, kind := range []string{"", "saml2", "urn:ietf:params:oauth:token-type:saml2"} {
			s, err := WireSubject("subject token", []byte(in), kind)
			if err != nil || s.Token.Reveal() != wire || s.Assertion == nil {
				t.Errorf("%s as %q: %v", name, kind, err)
			}
		}
	}
}

// A SAML 1.1 assertion is sent as it is: nothing is read from it.
func TestWireSubjectOfSAML1(t *testing.T) {
	const xml = `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" MajorVersion="1"/>`
	wire := base64.RawURLEncoding.EncodeToString([]byte(xml))
	for _, in := range []string{xml, wire, base64.StdEncoding.EncodeToString([]byte(xml)) + "\n"} {
		for _, kind := range []string{"saml1", "urn:ietf:params:oauth:token-type:saml1"} {
			s, err := WireSubject("subject token", []byte(in), kind)
			if err != nil || s.Token.Reveal() != wire || s.Assertion != nil {
				t.Errorf("%q as %s: %v", in, kind, err)
			}
		}
	}
	if _, err := WireSubject("subject token", []byte("eyJ.a.b"), "saml1"); fault.KindOf(err) != fault.Config {
		t.Errorf("a JWT: %v", err)
	}
	if _, err := WireSubject("subject token", []byte(xml), "saml2"); fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), "another SAML version") {
		t.Errorf("as SAML 2.0: %v", err)
	}
}

func TestWireSubjectOfATokenIsTheTokenItself(t *testing.T) {
	s, err := WireSubject("subject token", []byte(" eyJ.a.b\n"), "")
	if err != nil || s.Token.Reveal() != "eyJ.a.b" || tokenTypeURI(s.Type) != "urn:ietf:params:oauth:token-type:access_token" {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := WireSubject("subject token", []byte("  \n"), ""); fault.KindOf(err) != fault.Config {
		t.Errorf("nothing: %v", err)
	}
	for _, in := range []string{"\xff\xfee\x00y\x00", "one\ntwo", "\xef\xbb\xbfeyJ.a.b"} {
		if _, err := WireSubject("subject token", []byte(in), ""); fault.KindOf(err) != fault.Config || strings.Contains(err.Error(), "two") {
			t.Errorf("%q: %v", in, err)
		}
	}
	if _, err := WireSubject("subject token", []byte("hello"), "saml2"); fault.KindOf(err) != fault.Config {
		t.Errorf("no SAML: %v", err)
	}
}

func TestConfiguredGrants(t *testing.T) {
	p := targeted()
	p.Exchange.SubjectToken = secret.Ref{Kind: secret.File, Path: "token"}
	all := Builtin(Deps{Secrets: given("eyJ.a.b")})
	for _, name := range []string{"client_credentials", "token_exchange", "jwt_bearer"} {
		g, err := all[name](t.Context(), p)
		if err != nil || g.Name() != name {
			t.Errorf("%s: %v", name, err)
		}
		if (SubjectHash(g) == "") != (name == "client_credentials") {
			t.Errorf("%s: subject hash %q", name, SubjectHash(g))
		}
	}
	p.Exchange.SubjectToken = secret.Ref{Kind: secret.File, Path: "-"}
	if _, err := all["token_exchange"](t.Context(), p); fault.KindOf(err) != fault.Login || !strings.Contains(err.Error(), "is stdin") {
		t.Errorf("stdin: %v", err)
	}
	p.Exchange.SubjectToken = secret.Ref{}
	if _, err := all["token_exchange"](t.Context(), p); fault.KindOf(err) != fault.Login || strings.Contains(err.Error(), "stdin") {
		t.Errorf("none: %v", err)
	}
}

// RFC 6749 6 and RFC 8707 2.2: what a refresh asks for beside what was granted.
func TestARefreshForAnotherAPI(t *testing.T) {
	r := &endpoint.Request{}
	g := RefreshToken{secret.New("r"), []string{"a", "b"}, []string{"x"}, []string{"urn:r", "urn:s"}}
	if err := g.Apply(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	var sent []string
	for _, p := range r.Params {
		sent = append(sent, fmt.Sprintf("%s=%v", p.Name, p.Value))
	}
	if got := strings.Join(sent, "&"); got != "grant_type=refresh_token&refresh_token=r&scope=a b&audience=x&resource=urn:r&resource=urn:s" {
		t.Error(got)
	}
}

// A code for several resources is redeemed for none of them: which one a token
// is for is said when it is asked for (RFC 8707 2.2).
func TestACodeForSeveralResources(t *testing.T) {
	for n, want := range []int{0, 1, 0} {
		p := profile.Default()
		p.Resource = []string{"urn:a", "urn:b"}[:n]
		r := &endpoint.Request{}
		if err := (AuthorizationCode{Profile: &p, Code: secret.New("c")}).Apply(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		sent := 0
		for _, param := range r.Params {
			if param.Name == "resource" {
				sent++
			}
		}
		if sent != want {
			t.Errorf("of %d resources %d are sent", n, sent)
		}
	}
}
