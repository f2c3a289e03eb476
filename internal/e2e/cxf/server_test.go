//go:build e2e

package cxf

import (
	"context"
	"embed"
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

// What the server knows, see server/.
const (
	appliesTo = "http://ehealth.sundhed.dk/service/CareGateway/1"
	claimName = "dk:gov:saml:attribute:CvrNumberIdentifier"
)

//go:embed server
var sources embed.FS

// server is the running one with the keys of its world.
type server struct {
	pki  *nginx.PKI // of newPKI; sts.pem is what assertions are signed with
	base string     // URL of the endpoints' folder
}

// newPKI is an authority with the server's own keys, and a client's.
func newPKI(t *testing.T) *nginx.PKI {
	t.Helper()
	pki := nginx.NewPKI(t)
	pki.RSA(t, "sts")
	pki.RSA(t, "client")
	return pki
}

// start runs the server until the test ends. It trusts the authority and these
// certificates. The test skips where Java, Maven or the packages cannot be had.
func start(t *testing.T, pki *nginx.PKI, clients ...string) *server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	jar := maven.Server(ctx, t, "cxf", sources)
	port, err := process.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	trust(t, pki, clients)
	folder := t.TempDir()
	cmd := exec.Command("java", "-XX:TieredStopAtLevel=1", "-Xmx256m", "-Djava.io.tmpdir="+folder,
		"-jar", jar, fmt.Sprint(port), pki.Folder)
	process.Serve(t, cmd, filepath.Join(folder, "cxf.log"), fmt.Sprintf("127.0.0.1:%d", port))
	return &server{pki: pki, base: fmt.Sprintf("https://127.0.0.1:%d/sts/", port)}
}

// trust writes trusted.pem: the authority and files with clients' certificates.
func trust(t *testing.T, pki *nginx.PKI, clients []string) {
	t.Helper()
	var all []byte
	for _, file := range append([]string{pki.File("ca.pem")}, clients...) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text...)
	}
	if err := os.WriteFile(pki.File("trusted.pem"), all, 0o600); err != nil {
		t.Fatal(err)
	}
}
