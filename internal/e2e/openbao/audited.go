//go:build e2e

package openbao

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Audited starts one node without TLS that keeps all in the folder Data, and logs
// every request and answer to the file Audit, raw.
func Audited(t *testing.T) (s *Server, data, audit string) {
	t.Helper()
	bao, folder := program(t), t.TempDir()
	api, cluster := port(t), port(t)
	data, audit = filepath.Join(folder, "data"), filepath.Join(folder, "audit.log")
	n := &Node{URL: fmt.Sprintf("http://127.0.0.1:%d", api), log: filepath.Join(folder, "bao.log")}
	config := filepath.Join(folder, "bao.hcl")
	text := fmt.Sprintf(`
storage "raft" {
  path = %q
  node_id = "one"
}
listener "tcp" {
  address = "127.0.0.1:%d"
  cluster_address = "127.0.0.1:%d"
  tls_disable = true
}
audit "file" "raw" {
  options {
    file_path = %q
    log_raw = "true"
  }
}
api_addr = %q
cluster_addr = "https://127.0.0.1:%d"
`, data, api, cluster, audit, n.URL, cluster)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	n.command = func() *exec.Cmd { return exec.Command(bao, "server", "-config", config) }
	s = &Server{Nodes: []*Node{n}, Transport: &http.Transport{}}
	s.Start(t, n)
	s.initialize(t, n)
	s.Unseal(t, n)
	s.wait(t, n, http.StatusOK)
	s.Call(t, n, http.MethodPost, "sys/mounts/secret", `{"type":"kv","options":{"version":"2"}}`)
	return s, data, audit
}
