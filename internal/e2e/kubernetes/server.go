//go:build e2e

package kubernetes

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"authctl/internal/e2e/nginx"
	"authctl/internal/e2e/process"
)

// Server is an API server with RBAC, and the token of its administrator.
type Server struct {
	URL       string
	CA        string // path of its authority's certificate
	Transport *http.Transport
}

// Admin is the token of who may all.
const Admin = "administrator"

// Start runs one, or skips the test where there is none.
func Start(t *testing.T) *Server {
	t.Helper()
	bin, err := install(t.Context())
	if err != nil {
		t.Skipf("no Kubernetes: %v", err)
	}
	folder, pki := t.TempDir(), nginx.NewPKI(t)
	file := func(name string, body []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	signing := file("accounts.key", pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
	tokens := file("tokens.csv", []byte(Admin+`,admin,1,"system:masters"`+"\n"))
	client, peer, api := port(t), port(t), port(t)
	etcd := fmt.Sprintf("http://127.0.0.1:%d", client)
	among := fmt.Sprintf("http://127.0.0.1:%d", peer)
	run(t, exec.Command(filepath.Join(bin, "etcd"), "--data-dir", filepath.Join(folder, "etcd"), "--listen-client-urls", etcd, "--advertise-client-urls", etcd,
		"--listen-peer-urls", among, "--initial-advertise-peer-urls", among, "--initial-cluster", "default="+among), filepath.Join(folder, "etcd.log"))
	run(t, exec.Command(filepath.Join(bin, "kube-apiserver"), "--etcd-servers", etcd, "--bind-address", "127.0.0.1", "--secure-port", fmt.Sprint(api),
		"--tls-cert-file", pki.File("server.pem"), "--tls-private-key-file", pki.File("server.key"), "--authorization-mode", "RBAC", "--token-auth-file", tokens,
		"--service-account-issuer", "https://kubernetes.default.svc", "--service-account-key-file", signing, "--service-account-signing-key-file", signing,
		"--service-cluster-ip-range", "10.0.0.0/24"), filepath.Join(folder, "api.log"))
	s := &Server{URL: fmt.Sprintf("https://127.0.0.1:%d", api), CA: pki.File("ca.pem"), Transport: pki.Transport()}
	t.Cleanup(s.Transport.CloseIdleConnections)
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
		status, _, err := s.send(http.MethodGet, "/readyz", "", nil)
		if err == nil && status == http.StatusOK {
			return s
		}
		if time.Now().After(end) {
			log, _ := os.ReadFile(filepath.Join(folder, "api.log"))
			t.Fatalf("the API is not ready: %d, %v\n%s", status, err, log[max(0, len(log)-2000):])
		}
	}
}

func run(t *testing.T, cmd *exec.Cmd, log string) {
	t.Helper()
	p, err := process.Start(cmd, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
}

func port(t *testing.T) int {
	t.Helper()
	p, err := process.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Create posts an object, in YAML, as the administrator.
func (s *Server) Create(t *testing.T, path string, body []byte) []byte {
	t.Helper()
	status, got, err := s.send(http.MethodPost, path, "application/yaml", body)
	if err != nil || status/100 != 2 {
		t.Fatalf("POST %s: %d, %v: %.300s", path, status, err, got)
	}
	return got
}

// Account is a token of a service account, as the kubelet asks for one.
func (s *Server) Account(t *testing.T, namespace, name string) string {
	t.Helper()
	var got struct{ Status struct{ Token string } }
	body := s.Create(t, "/api/v1/namespaces/"+namespace+"/serviceaccounts/"+name+"/token", []byte(`{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{}}`))
	if err := json.Unmarshal(body, &got); err != nil || got.Status.Token == "" {
		t.Fatalf("no token: %v", err)
	}
	return got.Status.Token
}

func (s *Server) send(method, path, kind string, body []byte) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.URL+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+Admin)
	req.Header.Set("Accept", "application/json")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := s.Transport.RoundTrip(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	return resp.StatusCode, got, err
}
