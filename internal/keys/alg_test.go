package keys

import (
	"crypto/rand"
	"strings"
	"testing"
)

// docs/threats.md 35: whatever a token says, the key's type and curve decide.
func TestTheTypeDecidesAboutAlgorithms(t *testing.T) {
	fits := map[string]string{
		"RS256": "RS256 RS384 RS512 PS256 PS384 PS512", "ES256": "ES256", "ES384": "ES384", "ES512": "ES512",
		"EdDSA": "EdDSA Ed25519", "HS256": "HS256 HS384 HS512",
	}
	for made, own := range fits {
		key := &Key{Oct: make([]byte, 64)}
		if made != "HS256" {
			var err error
			if key, err = Generate(made, rand.Reader); err != nil {
				t.Fatal(err)
			}
		}
		for _, list := range fits {
			for _, alg := range strings.Fields(list) {
				if err := key.CheckVerifying(alg); (err == nil) != (list == own) {
					t.Errorf("%s under %s: %v", key.Describe(), alg, err)
				}
			}
		}
		for _, alg := range []string{"", "none", "rs256", "HS1"} {
			if key.CheckVerifying(alg) == nil {
				t.Errorf("%s under %q", key.Describe(), alg)
			}
		}
	}
}
