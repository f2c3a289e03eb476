//go:build e2e

package cxf

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"embed"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"authctl/internal/e2e/maven"
	"authctl/internal/e2e/nginx"
	"authctl/internal/e2e/process"
)

// What the server was told, see server/.
const (
	AppliesTo = "http://service.example/1"
	ClaimName = "dk:gov:saml:attribute:CvrNumberIdentifier"
)

//go:embed server
var sources embed.FS

// Server is the running server with the keys of its world.
type Server struct {
	PKI  *nginx.PKI // its authority, which the server trusts; sts.pem is what assertions are signed with
	Base string     // URL of the endpoints' folder
}

// Start runs the server until the test ends. It skips where Java, Maven or the packages cannot be had.
func Start(t *testing.T) *Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	jar := maven.Server(ctx, t, "cxf", sources)
	port, err := process.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{PKI: nginx.NewPKI(t), Base: fmt.Sprintf("https://127.0.0.1:%d/sts/", port)}
	Client(t, s.PKI, "sts")
	folder := t.TempDir()
	cmd := exec.Command("java", "-XX:TieredStopAtLevel=1", "-Xmx256m", "-Djava.io.tmpdir="+folder,
		"-jar", jar, fmt.Sprint(port), s.PKI.Folder)
	p, err := process.Start(cmd, filepath.Join(folder, "cxf.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	if err := p.Listens(ctx, fmt.Sprintf("127.0.0.1:%d", port)); err != nil {
		t.Fatal(err)
	}
	return s
}

// Client makes NAME.key, an RSA key, and NAME.pem, its certificate by the authority.
func Client(t *testing.T, pki *nginx.PKI, name string) (*rsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(pki.File(name+".key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	pki.Certify(t, name, key.Public())
	text, err := os.ReadFile(pki.File(name + ".pem"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key, certificate
}
