//go:build e2e

package fleet

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"authctl/internal/e2e/openbao"
	"authctl/internal/e2e/program"
	"authctl/internal/sandbox"
)

// TestTheEngineGoesAwayAfterTheRequest: an OpenBao is killed while the provider
// answers. The answer waits on the machine that has it; when the engine is back the
// next run there puts it into the store, and every machine uses it without another request.
func TestTheEngineGoesAwayAfterTheRequest(t *testing.T) {
	if os.Getenv("AUTHCTL_E2E_FLEET") == "" {
		t.Skip("it takes 100 s: AUTHCTL_E2E_FLEET=1")
	}
	t.Parallel()
	s, _, _ := openbao.Audited(t)
	n := s.Nodes[0]
	box, err := sandbox.Start(t.Context(), sandbox.Options{Latency: 4 * time.Second, Now: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	machine := func() *program.Authctl {
		a := program.New(t, fmt.Sprintf("store:\n  kind: vault\n  address: %s\n  path: secret/authctl\n", n.URL)+string(box.ProfilesYAML()))
		a.Env = []string{"AUTHCTL_STORE_KEY=" + base64.StdEncoding.EncodeToString(key), "VAULT_TOKEN=" + s.Token}
		return a
	}
	mine, other, p := machine(), machine(), &provider{url: box.URL}
	first := mine.Must(t, string(p.ask(t, http.MethodGet, "/klg/sts/assertion")), "exchange", "-p", "klg-service", "--subject-token", "-", "--force")

	ended := make(chan program.Result, 1)
	go func() { ended <- mine.Run(t, "", "refresh", "-p", "klg-service") }()
	for end := time.Now().Add(20 * time.Second); !strings.Contains(other.Run(t, "", "status").Stderr, ": sent "); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nothing was sent")
		}
	}
	n.Kill()
	began := time.Now()
	got := <-ended
	t.Logf("exit %d after %s\n%s", got.Code, time.Since(began).Round(time.Second), got.Stderr)
	if got.Code != 6 || got.Stdout != "" || !strings.Contains(got.Stderr, "it waits on this machine, sealed") {
		t.Fatalf("%+v", got)
	}
	before, _ := p.asked(t)

	s.Start(t, n)
	s.Unseal(t, n)
	s.Leader(t)
	next := mine.Must(t, "", "token", "-p", "klg-service")
	if all := other.Must(t, "", "token", "-p", "klg-service"); all != next || next == first {
		t.Errorf("this machine has %.20s..., the other %.20s..., and it was %.20s...", next, all, first)
	}
	if n, _ := p.asked(t); n != before {
		t.Errorf("%d requests more", n-before)
	}
	if next == mine.Must(t, "", "refresh", "-p", "klg-service") {
		t.Error("the session cannot be refreshed")
	}
}
