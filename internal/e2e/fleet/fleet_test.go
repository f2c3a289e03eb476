//go:build e2e

package fleet

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/internal/e2e/kubernetes"
	"authctl/internal/e2e/openbao"
	"authctl/internal/e2e/program"
	"authctl/internal/sandbox"
)

const (
	machines = 20
	rounds   = 5
)

// store is the head of the profiles file, and what each machine has in its environment.
type store struct {
	head string
	env  []string
}

func TestOneRequestForAFleetOnOpenBao(t *testing.T) {
	s := openbao.Dev(t)
	serve(t, store{
		head: fmt.Sprintf("store:\n  kind: vault\n  address: %s\n  path: secret/authctl/team-a\n", s.Nodes[0].URL),
		env:  []string{"VAULT_TOKEN=" + s.Token},
	})
}

func TestOneRequestForAFleetOnACluster(t *testing.T) {
	s := openbao.Cluster(t)
	var addresses []string
	for _, n := range s.Nodes {
		addresses = append(addresses, n.URL)
	}
	serve(t, store{
		head: fmt.Sprintf("store:\n  kind: vault\n  address: [%s]\n  path: secret/authctl/team-a\n  ca_certificate: file:%s\n", strings.Join(addresses, ", "), s.CA),
		env:  []string{"VAULT_TOKEN=" + s.Token},
	})
}

func TestOneRequestForAFleetOnKubernetes(t *testing.T) {
	s := kubernetes.Start(t)
	s.Create(t, "/api/v1/namespaces", []byte("apiVersion: v1\nkind: Namespace\nmetadata: {name: authctl}\n"))
	serve(t, store{
		head: fmt.Sprintf("store:\n  kind: kubernetes\n  address: %s\n  namespace: authctl\n  ca_certificate: file:%s\n  token: env:CLUSTER_TOKEN\n", s.URL, s.CA),
		env:  []string{"CLUSTER_TOKEN=" + kubernetes.Admin},
	})
}

// serve has each machine ask at once, for a session whose refresh token the
// provider replaces at each use: one request a round, and one token for all.
func serve(t *testing.T, on store) {
	t.Helper()
	s, err := sandbox.Start(t.Context(), sandbox.Options{Latency: 50 * time.Millisecond, Now: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	var all []*program.Authctl
	for range machines {
		a := program.New(t, on.head+string(s.ProfilesYAML()))
		a.Env = append([]string{"AUTHCTL_STORE_KEY=" + base64.StdEncoding.EncodeToString(key)}, on.env...)
		all = append(all, a)
	}
	ask(t, s.URL, http.MethodPost, "/_sandbox/expires_in?seconds=1000")
	all[0].Must(t, string(ask(t, s.URL, http.MethodGet, "/klg/sts/assertion")), "exchange", "-p", "klg", "--subject-token", "-", "--force")
	for r := 1; r <= rounds; r++ {
		ask(t, s.URL, http.MethodPost, fmt.Sprintf("/_sandbox/expires_in?seconds=%d", (r+1)*1000))
		before, began := asked(t, s.URL), time.Now()
		var mu sync.Mutex
		var group sync.WaitGroup
		tokens := map[string]int{}
		for _, a := range all {
			group.Go(func() {
				got := a.Run(t, "", "token", "-p", "klg", "--timeout", "2m", "--min-ttl", (time.Duration(r*1000+500) * time.Second).String())
				if got.Code != 0 {
					t.Errorf("round %d: exit %d: %s", r, got.Code, got.Stderr)
				}
				mu.Lock()
				defer mu.Unlock()
				tokens[got.Stdout]++
			})
		}
		group.Wait()
		if n := asked(t, s.URL) - before; n != 1 || len(tokens) != 1 {
			t.Fatalf("round %d: %d requests, %d different tokens", r, n, len(tokens))
		}
		t.Logf("round %d: %d machines, one request, %s", r, machines, time.Since(began).Round(10*time.Millisecond))
	}
	if r := all[1].Run(t, "", "doctor", "-p", "klg"); r.Code != 0 {
		t.Errorf("doctor: exit %d\n%s%s", r.Code, r.Stdout, r.Stderr)
	}
}

// asked is how many token requests the provider has seen.
func asked(t *testing.T, url string) int {
	t.Helper()
	var counts struct {
		Token map[string]int `json:"token_requests"`
	}
	if err := json.Unmarshal(ask(t, url, http.MethodGet, "/_sandbox/requests"), &counts); err != nil {
		t.Fatal(err)
	}
	return counts.Token["klg"]
}

func ask(t *testing.T, url, method, path string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url+path, nil)
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
