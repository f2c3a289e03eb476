//go:build e2e

package openbao

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/e2e/nginx"
	"authctl/internal/e2e/process"
)

// Server is an OpenBao of one or more nodes, unsealed, with a KV of version 2 at secret.
type Server struct {
	Nodes     []*Node
	Token     string // root
	CA        string // path of its authority's certificate, "" without TLS
	Transport *http.Transport
	unseal    string
}

// Node is one of them.
type Node struct {
	URL     string
	command func() *exec.Cmd
	log     string
	process *process.Process
}

// URLs are those of all nodes.
func (s *Server) URLs() (all []string) {
	for _, n := range s.Nodes {
		all = append(all, n.URL)
	}
	return all
}

// program is the pinned one, or the test is skipped.
func program(t testing.TB) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	bao, err := install(ctx)
	if err != nil {
		t.Skipf("no OpenBao: %v", err)
	}
	return bao
}

// Dev starts one node in memory, without TLS.
func Dev(t testing.TB) *Server {
	t.Helper()
	bao, port := program(t), port(t)
	n := &Node{URL: fmt.Sprintf("http://127.0.0.1:%d", port), log: filepath.Join(t.TempDir(), "bao.log")}
	n.command = func() *exec.Cmd {
		return exec.Command(bao, "server", "-dev", "-dev-root-token-id=root", "-dev-no-store-token", fmt.Sprintf("-dev-listen-address=127.0.0.1:%d", port))
	}
	s := &Server{Nodes: []*Node{n}, Token: "root", Transport: &http.Transport{}}
	s.Start(t, n)
	s.wait(t, n, http.StatusOK)
	return s
}

// Cluster starts three nodes that replicate by raft, with TLS.
func Cluster(t *testing.T) *Server {
	t.Helper()
	bao, pki := program(t), nginx.NewPKI(t)
	s := &Server{Transport: pki.Transport(), CA: pki.File("ca.pem")}
	t.Cleanup(s.Transport.CloseIdleConnections)
	first := ""
	for i := range 3 {
		folder := t.TempDir()
		api, cluster := port(t), port(t)
		n := &Node{URL: fmt.Sprintf("https://127.0.0.1:%d", api), log: filepath.Join(folder, "bao.log")}
		join := ""
		if first == "" {
			first = n.URL
		} else {
			join = fmt.Sprintf("retry_join {\n leader_api_addr = %q\n leader_ca_cert_file = %q\n }", first, pki.File("ca.pem"))
		}
		config := filepath.Join(folder, "bao.hcl")
		text := fmt.Sprintf(`
storage "raft" {
  path = %q
  node_id = "n%d"
  performance_multiplier = 1
  %s
}
listener "tcp" {
  address = "127.0.0.1:%d"
  cluster_address = "127.0.0.1:%d"
  tls_cert_file = %q
  tls_key_file = %q
}
api_addr = %q
cluster_addr = "https://127.0.0.1:%d"
`, folder, i, join, api, cluster, pki.File("server.pem"), pki.File("server.key"), n.URL, cluster)
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		n.command = func() *exec.Cmd { return exec.Command(bao, "server", "-config", config) }
		s.Nodes = append(s.Nodes, n)
		s.Start(t, n)
		if i == 0 {
			s.initialize(t, n)
		}
		s.Unseal(t, n)
		s.wait(t, n, http.StatusOK, http.StatusTooManyRequests)
	}
	s.voters(t)
	s.Call(t, s.Leader(t), http.MethodPost, "sys/mounts/secret", `{"type":"kv","options":{"version":"2"}}`)
	return s
}

// voters waits until autopilot lets every node vote: before that no other can lead.
func (s *Server) voters(t testing.TB) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		_, body, _ := s.send(s.Leader(t), http.MethodGet, "sys/storage/raft/configuration", "")
		if strings.Count(string(body), `"voter":true`) == len(s.Nodes) {
			return
		}
	}
	t.Fatal("not every node may vote")
}

func port(t testing.TB) int {
	t.Helper()
	p, err := process.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Start runs a node, again after Kill; a node of a cluster is sealed then.
func (s *Server) Start(t testing.TB, n *Node) {
	t.Helper()
	p, err := process.Start(n.command(), n.log)
	if err != nil {
		t.Fatal(err)
	}
	n.process = p
	t.Cleanup(p.Stop)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := p.Listens(ctx, n.URL[strings.LastIndex(n.URL, "/")+1:]); err != nil {
		t.Fatal(err)
	}
}

// Kill ends a node as a power cut does.
func (n *Node) Kill() { n.process.Stop() }

func (s *Server) initialize(t testing.TB, n *Node) {
	t.Helper()
	var made struct {
		Keys  []string `json:"keys_base64"`
		Token string   `json:"root_token"`
	}
	if err := json.Unmarshal(s.Call(t, n, http.MethodPut, "sys/init", `{"secret_shares":1,"secret_threshold":1}`), &made); err != nil || len(made.Keys) != 1 {
		t.Fatalf("sys/init: %v", err)
	}
	s.Token, s.unseal = made.Token, made.Keys[0]
}

// Unseal opens a node; one that has yet to join is asked again.
func (s *Server) Unseal(t testing.TB, n *Node) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		status, _, err := s.send(n, http.MethodPut, "sys/unseal", fmt.Sprintf(`{"key":%q}`, s.unseal))
		if err == nil && status == http.StatusOK && s.health(n) != http.StatusServiceUnavailable {
			return
		}
	}
	t.Fatalf("%s stays sealed", n.URL)
}

func (s *Server) health(n *Node) int {
	status, _, _ := s.send(n, http.MethodGet, "sys/health", "")
	return status
}

func (s *Server) wait(t testing.TB, n *Node, statuses ...int) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		got := s.health(n)
		for _, want := range statuses {
			if got == want {
				return
			}
		}
	}
	t.Fatalf("%s is not ready", n.URL)
}

// Leader is the node that leads now.
func (s *Server) Leader(t testing.TB) *Node {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		for _, n := range s.Nodes {
			if s.health(n) == http.StatusOK {
				return n
			}
		}
	}
	t.Fatal("nobody leads")
	return nil
}

// Standby is a node that does not lead now.
func (s *Server) Standby(t testing.TB) *Node {
	t.Helper()
	leader := s.Leader(t)
	for _, n := range s.Nodes {
		if n != leader {
			return n
		}
	}
	t.Fatal("nobody stands by")
	return nil
}

// Call asks as root and wants success.
func (s *Server) Call(t testing.TB, n *Node, method, path, body string) []byte {
	t.Helper()
	status, got, err := s.send(n, method, path, body)
	if err != nil || status/100 != 2 {
		t.Fatalf("%s %s: %d, %v: %.300s", method, path, status, err, got)
	}
	return got
}

func (s *Server) send(n *Node, method, path, body string) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, n.URL+"/v1/"+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("X-Vault-Token", s.Token)
	resp, err := s.Transport.RoundTrip(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	return resp.StatusCode, got, err
}
