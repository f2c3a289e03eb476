package grant

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"authctl/internal/jwt"
	"authctl/internal/secret"
)

// madeFrom identifies in cache keys what a grant is made from. A program makes
// another one at every call: what it is made by stands for it, or no token would
// be used again. So does of GitHub's JWT all but its times and its id.
func madeFrom(s Subject, from secret.Ref) string {
	if !from.Fresh() {
		return s.Hash()
	}
	by := fmt.Appendf(nil, "%s\x00%s\x00", from.Kind, tokenTypeURI(s.Type))
	if from.Kind == secret.Command {
		by = fmt.Appendf(by, "%q\x00%q", from.Argv, from.Environ)
	} else {
		t, err := jwt.Parse(s.Token.Reveal())
		if err != nil || t.Claims == nil {
			return s.Hash()
		}
		for _, m := range t.Claims {
			if !slices.Contains([]string{"iat", "nbf", "exp", "jti"}, m.Name) {
				by = fmt.Appendf(by, "%q%q", m.Name, m.Value)
			}
		}
	}
	sum := sha256.Sum256(by)
	return hex.EncodeToString(sum[:])
}
