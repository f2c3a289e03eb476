//go:build e2e

package nginx

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"text/template"

	"authctl/internal/e2e/process"
)

//go:embed nginx.conf.tmpl
var conf string

// Front is an nginx that asks for a client certificate, takes any (`optional_no_ca`)
// and tells the server behind it what came: ssl-client-cert is the URL-encoded
// PEM of the leaf, ssl-client-verify is SUCCESS for one that PKI's authority issued. X-Forwarded-Proto and
// X-Forwarded-Host are what the client sees.
type Front struct {
	Port   int    // on which it is to listen
	Server string // host:port of the server behind it
	PKI    *PKI
}

// Absent says why this machine has no nginx, "" where it has.
func Absent() string {
	if _, err := program(); err != nil {
		return "nginx is not on this machine"
	}
	return ""
}

// program finds nginx also where only root's PATH has it.
func program() (string, error) {
	if path, err := exec.LookPath("nginx"); err == nil {
		return path, nil
	}
	return exec.LookPath("/usr/sbin/nginx")
}

// URL is the prefix of what it serves. The name is one that PKI's certificate has.
func (f Front) URL() string { return fmt.Sprintf("https://localhost:%d", f.Port) }

// Start runs nginx until the test ends.
func (f Front) Start(t *testing.T) {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	var text strings.Builder
	if err := template.Must(template.New("conf").Parse(conf)).Execute(&text, f); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "nginx.conf")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	process.Serve(t, exec.Command(path, "-e", "stderr", "-p", folder, "-c", file), filepath.Join(folder, "log"), fmt.Sprintf("127.0.0.1:%d", f.Port))
}
