package acquire

import (
	"strings"
	"testing"

	"authctl/internal/endpoint"
	"authctl/internal/grant"
	"authctl/internal/profile"
)

// TestARefusedClientIsToldItsProof, whatever its method; a public one has none.
func TestARefusedClientIsToldItsProof(t *testing.T) {
	for _, m := range profile.AuthMethods() {
		p := plain()
		p.Client.Auth = m.Name
		hints := strings.Join(hintsFor(situation{p: p, refused: &endpoint.Refusal{Status: 401, Code: "invalid_client"}, field: tokenURL}), "\n")
		for _, field := range m.Needs {
			if !strings.Contains(hints, field) {
				t.Errorf("%s: nothing of %s in %q", m.Name, field, hints)
			}
		}
		if m.Public() != strings.Contains(hints, "client that proves itself") {
			t.Errorf("%s: %q", m.Name, hints)
		}
	}
}

// TestARefusedGrantIsNamedAsInTheProfile, not as on the wire.
func TestARefusedGrantIsNamedAsInTheProfile(t *testing.T) {
	for _, g := range profile.GrantTypes() {
		r := &endpoint.Request{Profile: plain()}
		r.Set("grant_type", g.Wire)
		s := situation{p: r.Profile, refused: &endpoint.Refusal{Status: 400, Code: "unsupported_grant_type"}, field: tokenURL, grantType: grantType(r)}
		if hints := strings.Join(hintsFor(s), "\n"); !strings.Contains(hints, "the grant "+g.Name+":") {
			t.Errorf("%s: %q", g.Name, hints)
		}
	}
}

// TestEveryEndedSessionHasItsCommand: the one that its grant's entry has.
func TestEveryEndedSessionHasItsCommand(t *testing.T) {
	for _, g := range profile.GrantTypes() {
		p := plain()
		command := LoginCommand(p, g.Name)
		if g.Session() && command != "authctl "+strings.ReplaceAll(g.Starts, "{profile}", p.Name) {
			t.Errorf("%s: %q", g.Name, command)
		}
		if _, own := grant.Builtin(grant.Deps{})[g.Name]; own == g.Person {
			t.Errorf("%s: a person begins it: %v, and token does: %v", g.Name, g.Person, own)
		}
	}
}
