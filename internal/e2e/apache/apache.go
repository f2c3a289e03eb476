//go:build e2e

package apache

import (
	"crypto/x509"
	_ "embed"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"text/template"

	"authctl/internal/e2e/nginx"
	"authctl/internal/e2e/process"
)

//go:embed httpd.conf.tmpl
var conf string

// Front is an httpd before a server. It wants a certificate of PKI's authority for
// Path alone, so that it asks for one when the handshake is over.
type Front struct {
	Port   int
	Path   string // what it guards and hands on
	Server string // URL of the server behind it
	PKI    *nginx.PKI
}

// Start runs httpd until the test ends and returns the URL of its path. It skips where the machine has none.
func (f Front) Start(t *testing.T) (url string) {
	t.Helper()
	path, modules, err := httpd()
	if err != nil {
		t.Skip(err)
	}
	if f.Port, err = process.FreePort(); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	var text strings.Builder
	err = template.Must(template.New("conf").Parse(conf)).Execute(&text, struct {
		Front
		Folder, Modules string
	}{f, folder, modules})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "httpd.conf")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	process.Serve(t, exec.Command(path, "-f", file, "-D", "FOREGROUND"), filepath.Join(folder, "log"), fmt.Sprintf("127.0.0.1:%d", f.Port))
	return fmt.Sprintf("https://localhost:%d%s", f.Port, f.Path)
}

// httpd finds httpd, also where only root's PATH has it, and the folder of its modules.
func httpd() (path, modules string, err error) {
	for _, name := range []string{"apache2", "/usr/sbin/apache2", "httpd", "/usr/sbin/httpd"} {
		if path, err = exec.LookPath(name); err != nil {
			continue
		}
		for _, modules = range []string{"/usr/lib/apache2/modules", "/usr/lib64/httpd/modules"} {
			if _, err = os.Stat(filepath.Join(modules, "mod_ssl.so")); err == nil {
				return path, modules, nil
			}
		}
	}
	return "", "", errors.New("Apache httpd with mod_ssl is not on this machine")
}

// Certificate is the client's certificate that httpd verified, of a request that it handed on.
func Certificate(r *http.Request) (*x509.Certificate, error) {
	// A header has no line ends: httpd writes spaces for them, inside the words BEGIN CERTIFICATE too.
	text := strings.NewReplacer(" ", "\n", "BEGIN ", "BEGIN ", "END ", "END ").Replace(r.Header.Get("ssl-client-cert"))
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("no certificate came")
	}
	return x509.ParseCertificate(block.Bytes)
}
