package profile

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"authctl/internal/secret"
)

// complete is a sound profile in which every secret and every URL of a login is set.
func complete() *Profile {
	p := Default()
	p.Name, p.Issuer, p.Client.ID = "p", "https://as.example", "app"
	p.AuthorizeURL, p.DeviceAuthorizationURL = "https://as.example/login", "https://as.example/device"
	fill(reflect.ValueOf(&p.Client).Elem())
	fill(reflect.ValueOf(&p.TLS).Elem())
	return &p
}

// problemAt is what p.Validate says of the field, nil for nothing.
func problemAt(p *Profile, field string) *Problem {
	var joined interface{ Unwrap() []error }
	if !errors.As(p.Validate(), &joined) {
		return nil
	}
	for _, err := range joined.Unwrap() {
		var found *Problem
		if errors.As(err, &found) && found.Path == field {
			return found
		}
	}
	return nil
}

// TestAuthMethods: every entry is whole, and every proof in client is some
// method's: doctor does not look at another.
func TestAuthMethods(t *testing.T) {
	used := map[string]bool{}
	registered := []string{
		"none", "client_secret_post", "client_secret_basic", "client_secret_jwt", "private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth",
	}
	for i, m := range AuthMethods() {
		if m.Name == "" || m.Wire == "" {
			t.Errorf("entry %d, %q, lacks its name or its wire name", i, m.Name)
		}
		if !slices.Contains(registered, m.Wire) {
			t.Errorf("%s: no server lists %s (IANA, OAuth Token Endpoint Authentication Methods)", m.Name, m.Wire)
		}
		if !reflect.DeepEqual(Client{Auth: m.Name}.Method(), m) {
			t.Errorf("%s stands twice", m.Name)
		}
		if m.Signs && !m.Uses(ClientKey) && !m.Uses(ClientSecret) {
			t.Errorf("%s signs, and with what?", m.Name)
		}
		for _, field := range slices.Concat(m.Needs, m.Takes) {
			used[field] = true
		}
	}
	refs := map[string]bool{}
	for _, r := range complete().Refs() {
		if refs[r.Path] = true; strings.HasPrefix(r.Path, "client.") && !used[r.Path] {
			t.Errorf("no entry of AuthMethods uses %s", r.Path)
		}
	}
	for field := range used {
		if !refs[field] {
			t.Errorf("AuthMethods names %s, which is no field that refers to a secret", field)
		}
	}
	if m := (Client{Auth: "typo"}).Method(); m.Name != "typo" || m.Signs || m.Basic || m.MutualTLS() || !m.Public() {
		t.Errorf("an unknown method is %+v", m)
	}
}

// TestEveryMethodIsValidated: a profile that lacks what its method needs is told
// of it, with the line to write; one that has it is sound.
func TestEveryMethodIsValidated(t *testing.T) {
	for _, m := range AuthMethods() {
		p := complete()
		p.Client.Auth, p.Assertion.Alg = m.Name, m.Algs()[0]
		if err := p.Validate(); err != nil {
			t.Errorf("%s with all that it needs: %v", m.Name, err)
		}
		p.Client, p.TLS = Client{ID: "app", Auth: m.Name, BasicEncoding: "form"}, TLS{}
		for _, field := range m.Needs {
			problem := problemAt(p, field)
			if problem == nil || !strings.HasPrefix(problem.Hint, field+": ") {
				t.Errorf("%s without %s: %+v; needed has no line for it?", m.Name, field, problem)
			}
		}
	}
}

// TestGrantTypes: every entry is whole, and its endpoints are fields that Lacks knows.
func TestGrantTypes(t *testing.T) {
	for i, g := range GrantTypes() {
		if g.Name == "" || g.Wire == "" {
			t.Errorf("entry %d, %q, lacks its name or its wire name", i, g.Name)
		}
		if !reflect.DeepEqual(GrantNamed(g.Name), g) {
			t.Errorf("%s stands twice", g.Name)
		}
		for _, field := range g.Endpoints {
			if only := (GrantType{Endpoints: []string{field}}); only.Lacks(complete()) || !only.Lacks(&Profile{}) {
				t.Errorf("%s: Lacks does not know %s", g.Name, field)
			}
		}
		if g.Login && (!g.Person || !g.Session() || !g.Once) {
			t.Errorf("%s: a login has a person and a session, and what it hands in is spent", g.Name)
		}
		if g.Session() && !strings.Contains(g.Starts, " -p {profile}") {
			t.Errorf("%s: %q names no profile", g.Name, g.Starts)
		}
	}
	if g := GrantNamed("typo"); g.Name != "typo" || g.Person || g.Session() || g.Once || g.ForItself() || g.Lacks(&Profile{}) {
		t.Errorf("an unknown grant is %+v", g)
	}
}

// TestEveryGrantIsValidated: where discovery cannot find it, the profile names
// where its login is.
func TestEveryGrantIsValidated(t *testing.T) {
	for _, g := range GrantTypes() {
		p := complete()
		if p.Grant = g.Name; p.Validate() != nil {
			t.Errorf("%s: %v", g.Name, p.Validate())
		}
		p.Discovery, p.TokenURL, p.AuthorizeURL, p.DeviceAuthorizationURL = "never", "https://as.example/token", "", ""
		if (p.Validate() != nil) != (len(g.Endpoints) > 0) {
			t.Errorf("%s without an endpoint: %v", g.Name, p.Validate())
		}
		anonymous := Client{Auth: "none", BasicEncoding: "form"}
		if p.Client = anonymous; (problemAt(p, "client.id") == nil) != g.Trades {
			t.Errorf("%s without a client: %v", g.Name, p.Validate()) // RFC 7521 4.1, RFC 8693 2.1
		}
		if p.Client.Auth = "client_secret_post"; problemAt(p, "client.id") == nil {
			t.Errorf("%s with a secret of nobody", g.Name)
		}
	}
}

// Both rules that keep secrets out of sight read one list: the file's and the
// command line's.
func TestSecretParameters(t *testing.T) {
	for _, name := range []string{"client_secret", "Client_Secret", "access_token", "code", "token"} {
		if !SecretParam(name) {
			t.Errorf("%s is a secret", name)
		}
		p := complete()
		p.Request.Params = []Field{{Name: name, Value: "x"}}
		if problem := problemAt(p, "request.params[0].value"); problem == nil || !strings.Contains(problem.Text, name) {
			t.Errorf("%s in the file: %+v", name, problem)
		}
		p.Request.Params = []Field{{Name: name, Secret: &secret.Ref{Kind: secret.Env, Name: "X"}}}
		if problem := problemAt(p, "request.params[0].value"); problem != nil {
			t.Errorf("%s by reference: %+v", name, problem)
		}
	}
	for _, name := range []string{"scope", "client_id", "subject_token_type", "code_challenge", "token_type_hint"} {
		if SecretParam(name) {
			t.Errorf("%s is no secret", name)
		}
	}
}
