//go:build e2e

package keycloak

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"authctl/internal/e2e/process"
)

// launch starts Keycloak from home with the realm file imported, and returns it
// and its root URL when it answers.
func launch(ctx context.Context, home string, realm []byte) (*process.Process, string, error) {
	imports := filepath.Join(home, "data", "import")
	if err := os.MkdirAll(imports, 0o755); err != nil {
		return nil, "", err
	}
	if err := os.WriteFile(filepath.Join(imports, "ehealth.json"), realm, 0o600); err != nil {
		return nil, "", err
	}
	port, err := process.FreePort()
	if err != nil {
		return nil, "", err
	}
	cmd := exec.Command(filepath.Join(home, "bin", "kc.sh"), "start-dev",
		"--db", "dev-mem", "--cache", "local", "--import-realm",
		// Behind nginx the client certificate comes in a header, and nginx has verified it.
		"--proxy-headers=xforwarded", "--spi-x509cert-lookup--provider=nginx",
		"--spi-x509cert-lookup--nginx--ssl-client-cert=ssl-client-cert",
		"--spi-x509cert-lookup--nginx--trust-proxy-verification=true",
		"--http-host", "127.0.0.1", "--http-port", strconv.Itoa(port))
	cmd.Env = append(os.Environ(), "JAVA_OPTS_APPEND=-Xmx768m")
	p, err := process.Start(cmd, filepath.Join(home, "e2e.log"))
	if err != nil {
		return nil, "", err
	}
	root := fmt.Sprintf("http://127.0.0.1:%d", port)
	if err := p.Ready(ctx, root+"/realms/ehealth"); err != nil {
		p.Stop()
		return nil, "", err
	}
	return p, root, nil
}
