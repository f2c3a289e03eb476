package endpoint

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// A process reads the system's authorities once, so each case is a process of its own.
func TestRootsAhead(t *testing.T) {
	if os.Getenv("ROOTS_AHEAD") != "" {
		rootsAhead(t)
		return
	}
	broken := filepath.Join(t.TempDir(), "broken.pem")
	if err := os.WriteFile(broken, []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ file, says string }{
		"the system's": {"", "unknown authority"},
		"absent":       {filepath.Join(t.TempDir(), "absent.pem"), "unknown authority, none at all: true"},
		"broken":       {broken, "unknown authority, none at all: true"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.file != "" && (runtime.GOOS == "windows" || runtime.GOOS == "darwin") {
				t.Skip("the system has no such file")
			}
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestRootsAhead$", "-test.v")
			cmd.Env = append(os.Environ(), "ROOTS_AHEAD=1")
			if c.file != "" {
				cmd.Env = append(cmd.Env, "SSL_CERT_FILE="+c.file, "SSL_CERT_DIR="+t.TempDir())
			}
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), c.says) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// rootsAhead asks a server that no system trusts while the authorities are
// being read, several times over: each handshake waits, and tells.
func rootsAhead(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	c := client(nil)
	var all sync.WaitGroup
	for range 4 {
		RootsAhead("https")
		RootsAhead("https")
		all.Go(func() {
			_, err := c.Post(t.Context(), request(server.URL))
			if err == nil {
				t.Error("a server that nobody vouches for was asked")
				return
			}
			t.Logf("%v, none at all: %t", err, systemEmpty())
		})
	}
	all.Wait()
}
