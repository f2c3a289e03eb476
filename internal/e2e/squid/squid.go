//go:build e2e

package squid

import (
	"context"
	_ "embed"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"authctl/internal/e2e/process"
)

//go:embed squid.conf.tmpl
var template string

// basicHelper checks a user against DIR/users; Debian's squid brings it along.
const basicHelper = "/usr/lib/squid/basic_ncsa_auth"

// squid is one squid on a port of its own.
type squid struct {
	addr string
	dir  string
}

// start runs squid, which finds example.com and closed.test on this machine. With
// credentials it wants those of user; password is hashed as the APR1 text hash.
func start(t *testing.T, hash string) squid {
	t.Helper()
	path, err := exec.LookPath("squid")
	if err != nil {
		if path = "/usr/sbin/squid"; !exists(path) {
			t.Skip("squid is not installed here")
		}
	}
	dir := folder(t)
	s := squid{addr: freePort(t), dir: dir}
	auth := ""
	if hash != "" {
		if !exists(basicHelper) {
			t.Skip(basicHelper + " is not installed here")
		}
		put(t, filepath.Join(dir, "users"), "me:"+hash+"\n")
		auth = "auth_param basic program " + basicHelper + " " + filepath.Join(dir, "users") + "\nauth_param basic realm squid\n" +
			"acl known proxy_auth REQUIRED\nhttp_access deny !known"
	}
	put(t, filepath.Join(dir, "hosts"), "127.0.0.1 example.com closed.test\n")
	_, port, _ := strings.Cut(s.addr, ":")
	config := filepath.Join(dir, "squid.conf")
	put(t, config, strings.NewReplacer("PORT", port, "DIR", dir, "AUTH", auth).Replace(template))
	own(t, dir)
	cmd := exec.CommandContext(t.Context(), path, "-N", "-f", config)
	p, err := process.Start(cmd, filepath.Join(t.TempDir(), "squid.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	s.wait(t)
	return s
}

// wait is until squid listens.
func (s squid) wait(t *testing.T) {
	t.Helper()
	for range 100 {
		c, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", s.addr)
		if err == nil {
			_ = c.Close()
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(s.dir, "cache.log"))
	t.Fatalf("squid does not listen:\n%s", log)
}

// asked counts the lines of squid's log that hold text.
func (s squid) asked(t *testing.T, text string) int {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(s.dir, "access.log"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(log), text)
}

// folder is one that squid, which gives root away, can reach: t.TempDir is the
// owner's alone.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "authctl-squid-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// own gives dir to the user that squid becomes when root starts it.
func own(t *testing.T, dir string) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	proxy, err := user.Lookup("proxy")
	if err != nil {
		t.Skip("there is no user proxy for squid")
	}
	uid, _ := strconv.Atoi(proxy.Uid)
	gid, _ := strconv.Atoi(proxy.Gid)
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if err == nil {
			err = os.Chown(filepath.Join(dir, e.Name()), uid, gid)
		}
	}
	if err == nil {
		err = os.Chown(dir, uid, gid)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
