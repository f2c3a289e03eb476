//go:build e2e

package keyring

import (
	"crypto/rand"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"authctl/internal/e2e/process"
	"authctl/internal/e2e/program"
	"authctl/internal/sandbox"
)

// desk is a desktop session: a private home, a bus, perhaps a keyring, and a
// sandbox in place of the providers.
type desk struct {
	*program.Authctl
	t       *testing.T
	server  *sandbox.Sandbox
	address string // of the bus
	keyring *exec.Cmd
	stop    func()
}

// newDesk starts a bus without a Secret Service.
func newDesk(t *testing.T, o sandbox.Options) *desk {
	t.Helper()
	needs(t, "dbus-daemon", "gnome-keyring-daemon", "secret-tool")
	o.Now, o.Rand = time.Now, rand.Reader
	server, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	d := &desk{t: t, server: server, Authctl: program.New(t, string(server.ProfilesYAML()))}
	d.bus()
	d.Env = d.session()
	return d
}

func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is not on this machine", p)
		}
	}
}

func (d *desk) bus() {
	socket := filepath.Join(d.runtime(), "bus")
	d.address = "unix:path=" + socket
	cmd := exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--address="+d.address)
	// No display: a prompter that the keyring starts ends at once instead of waiting for a person.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + d.Home, "XDG_RUNTIME_DIR=" + d.runtime()}
	p, err := process.Start(cmd, filepath.Join(d.Home, "bus.log"))
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(p.Stop)
	d.await("the bus", func() bool {
		c, err := net.Dial("unix", socket)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
}

func (d *desk) runtime() string {
	dir := filepath.Join(d.Home, "run")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		d.t.Fatal(err)
	}
	return dir
}

// session is what programs of the session see besides PATH and HOME.
func (d *desk) session() []string {
	return []string{"DBUS_SESSION_BUS_ADDRESS=" + d.address, "XDG_RUNTIME_DIR=" + d.runtime()}
}

// unlocked starts gnome-keyring with its login collection open; locked, closed.
func (d *desk) unlocked() { d.daemon("password", "--unlock") }
func (d *desk) locked()   { d.daemon("") }

func (d *desk) daemon(stdin string, args ...string) {
	d.t.Helper()
	if d.stop != nil {
		d.stop()
	}
	cmd := exec.Command("gnome-keyring-daemon", append([]string{"--foreground", "--components=secrets"}, args...)...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + d.Home}, d.session()...)
	cmd.Stdin = strings.NewReader(stdin)
	p, err := process.Start(cmd, filepath.Join(d.Home, "keyring.log"))
	if err != nil {
		d.t.Fatal(err)
	}
	stopped := false
	d.stop = func() {
		if !stopped {
			stopped = true
			p.Stop()
		}
	}
	d.t.Cleanup(d.stop)
	d.keyring = cmd
	d.await("the keyring", func() bool {
		out, err := d.tool("dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets")
		return err == nil && strings.Contains(out, "true")
	})
}

// freeze stops the daemon as a debugger would; it answers nothing.
func (d *desk) freeze() {
	if err := d.keyring.Process.Signal(syscall.SIGSTOP); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) await(what string, ready func() bool) {
	d.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ready() {
			return
		}
	}
	d.t.Fatalf("%s did not start", what)
}

// tool runs another program of the session.
func (d *desk) tool(name string, args ...string) (string, error) {
	cmd := exec.CommandContext(d.t.Context(), name, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + d.Home}, d.session()...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// secret is a secret that the sandbox made up.
func (d *desk) secret(variable string) string {
	v := d.server.Env()[variable]
	if v == "" {
		d.t.Fatalf("the sandbox has no %s", variable)
	}
	return v
}

const salusSecret = "AUTHCTL_SECRET_SALUS_CLIENT_SECRET"

// setSecret stores the client secret of salus, as a user does.
func (d *desk) setSecret() {
	d.t.Helper()
	if r := d.Run(d.t, d.secret(salusSecret)+"\n", "secret", "set", "client_secret", "-p", "salus"); r.Code != 0 {
		d.t.Fatalf("secret set: exit %d\n%s", r.Code, r.Stderr)
	}
}

// requests is how often the token endpoint of a provider was asked.
func (d *desk) requests(provider string) int {
	d.t.Helper()
	resp, err := http.Get(d.server.URL + "/_sandbox/requests")
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	var counts struct {
		TokenRequests map[string]int `json:"token_requests"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&counts); err != nil {
		d.t.Fatal(err)
	}
	return counts.TokenRequests[provider]
}

// with is the same program with more variables.
func (d *desk) with(vars ...string) *desk {
	other, copied := *d.Authctl, *d
	other.Env = append(append([]string{}, d.Env...), vars...)
	copied.Authctl = &other
	return &copied
}

// says fails the test unless the call ended with the code and all texts are on stderr.
func (d *desk) says(r program.Result, code int, texts ...string) {
	d.t.Helper()
	if r.Code != code {
		d.t.Errorf("exit %d, want %d\n%s", r.Code, code, r.Stderr)
	}
	if code != 0 && r.Stdout != "" {
		d.t.Errorf("an error with %d bytes on stdout", len(r.Stdout))
	}
	for _, text := range texts {
		if !strings.Contains(r.Stderr, text) {
			d.t.Errorf("stderr does not say %q:\n%s", text, r.Stderr)
		}
	}
}
