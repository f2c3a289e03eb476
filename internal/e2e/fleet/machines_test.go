//go:build e2e

package fleet

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"authctl/internal/e2e/kubernetes"
	"authctl/internal/e2e/openbao"
	"authctl/internal/e2e/program"
	"authctl/internal/sandbox"
	"authctl/internal/sandbox/core"
)

// long is true for make e2e-fleet: real take-over times, and a thousand rotations.
func long() bool { return os.Getenv("AUTHCTL_E2E_FLEET") != "" }

// store is the head of the profiles file, and what each machine has in its environment.
type store struct {
	head string
	env  []string
}

// vault is a store at those addresses of s.
func vault(s *openbao.Server, addresses ...string) store {
	head := fmt.Sprintf("store:\n  kind: vault\n  address: [%s]\n  path: secret/authctl/team-a\n", strings.Join(addresses, ", "))
	if s.CA != "" {
		head += "  ca_certificate: file:" + s.CA + "\n"
	}
	return store{head, []string{"VAULT_TOKEN=" + s.Token}}
}

// cluster is a store in a namespace of its own, for who reaches it at url or by another way.
func cluster(t *testing.T) (url string, at func(url string) store) {
	t.Helper()
	s := kubernetes.Start(t)
	s.Create(t, "/api/v1/namespaces", []byte("apiVersion: v1\nkind: Namespace\nmetadata: {name: authctl}\n"))
	return s.URL, func(url string) store {
		return store{
			head: fmt.Sprintf("store:\n  kind: kubernetes\n  address: %s\n  namespace: authctl\n  ca_certificate: file:%s\n  token: env:CLUSTER_TOKEN\n", url, s.CA),
			env:  []string{"CLUSTER_TOKEN=" + kubernetes.Admin},
		}
	}
}

// provider is a KL Gateway of the sandbox, which ends a session whose refresh
// token is spent a second time.
type provider struct {
	url, profiles string
	key           string // of the store that its machines share
}

func newProvider(t *testing.T, latency time.Duration) *provider {
	t.Helper()
	s, err := sandbox.Start(t.Context(), sandbox.Options{Latency: latency, Now: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	return &provider{s.URL, string(s.ProfilesYAML()), base64.StdEncoding.EncodeToString(key)}
}

// machine is one with the program at path and its records in on. Others like it
// are its Another.
func (p *provider) machine(t *testing.T, path string, on store) *program.Authctl {
	t.Helper()
	a := program.At(t, path, on.head+p.profiles)
	a.Env = append([]string{"AUTHCTL_STORE_KEY=" + p.key}, on.env...)
	return a
}

// round makes what is kept stale without waiting: each round the server grants a
// longer life, and who asks wants more than the last one has left.
func (p *provider) round(t *testing.T, r int) (args []string) {
	t.Helper()
	p.ask(t, http.MethodPost, fmt.Sprintf("/_sandbox/expires_in?seconds=%d", (r+1)*1000))
	return []string{"token", "-p", "klg-service", "--timeout", "2m", "--min-ttl", (time.Duration(r*1000+500) * time.Second).String()}
}

// begin starts a session.
func (p *provider) begin(t *testing.T, a *program.Authctl) {
	t.Helper()
	p.round(t, 0)
	a.Must(t, string(p.ask(t, http.MethodGet, "/klg/sts/assertion")), "exchange", "-p", "klg-service", "--subject-token", "-", "--force")
}

// asked is how many token requests the provider has seen, and how many of them
// brought a refresh token that was spent before.
func (p *provider) asked(t *testing.T) (requests, reused int) {
	t.Helper()
	counts := p.counts(t)
	return counts.TokenRequests["klg"], counts.Reused["klg"]
}

func (p *provider) counts(t *testing.T) (counts core.Counts) {
	t.Helper()
	if err := json.Unmarshal(p.ask(t, http.MethodGet, "/_sandbox/requests"), &counts); err != nil {
		t.Fatal(err)
	}
	return counts
}

func (p *provider) ask(t *testing.T, method, path string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, p.url+path, bytes.NewReader(nil))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %d, %v", method, path, resp.StatusCode, err)
	}
	return body
}
