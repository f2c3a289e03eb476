//go:build e2e

package openbao

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	n.process = process.Serve(t, n.command(), n.log, n.URL[strings.LastIndex(n.URL, "/")+1:])
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
