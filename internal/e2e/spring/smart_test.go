//go:build e2e

package spring

import "testing"

// TestSMARTAssertions: as SMART Backend Services has them, for the token URL and
// five minutes; one for elsewhere is refused, and authctl says which field.
func TestSMARTAssertions(t *testing.T) {
	s := start(t, newClients(t))
	for id := range smart() {
		t.Run(id, func(t *testing.T) {
			s.Machine(id, id)(t)
			s.Refused("check client.id, client.auth (private_key_jwt) and client.key", "token", "-p", id+"-elsewhere")(t)
		})
	}
}
