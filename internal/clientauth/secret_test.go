package clientauth

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"authctl/internal/endpoint"
)

// A secret that is shorter than the hash (RFC 7518 3.2) is the server's choice:
// it is used, and a person is told, in the same words every time.
func TestShortSecretIsUsedWithOneWarning(t *testing.T) {
	for size, want := range map[int]int{31: 1, 32: 0} {
		said := map[string]bool{}
		p := testProfile()
		p.Client.Auth, p.Client.Secret, p.Assertion.Alg = "client_secret_jwt", keyring("s"), ""
		d := Deps{
			Secrets: given{"s": strings.Repeat("s", size)}, Now: time.Now, Rand: rand.Reader,
			Warn: func(line string) { said[line] = true },
		}
		method := Builtin(d)["client_secret_jwt"](p)
		for range 3 {
			r := &endpoint.Request{Profile: p, Issuer: "https://as.example", TokenURL: "https://as.example/token"}
			if err := method.Authenticate(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
		if len(said) != want || want > 0 && !strings.Contains(fmt.Sprint(said), "RFC 7518 3.2") {
			t.Errorf("%d bytes: %v", size, said)
		}
		clear(said)
		if _, err := Assertion(t.Context(), d, p, "https://as.example", ""); err != nil || len(said) != want {
			t.Errorf("assert, %d bytes: %v, %v", size, err, said)
		}
	}
}
