//go:build e2e

package openbao

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/e2e/nginx"
)

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
