//go:build e2e

package login

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"authctl/internal/e2e/chromium"
	"authctl/internal/sandbox"
)

// TestSandboxLogins clicks through the login page of each profile that a
// person can log in to. The session is then used, and refreshed after expiry.
func TestSandboxLogins(t *testing.T) {
	browser := chromium.Start(t)
	for _, profile := range []string{"salus", "salus-public", "helseid-login"} {
		t.Run(profile, func(t *testing.T) {
			d, _ := sandboxed(t, sandbox.Options{ExpiresIn: 63 * time.Second}) // fresh for 3 s
			login := d.start(t, "login-pkce", "-p", profile)
			page := browser.Open(t, d.address(login), false)
			page.Click("#login")
			page.Wait("body.success")
			token := login.end(0)
			kept := d.Must(t, "", "token", "-p", profile)
			if kept != token {
				t.Error("token does not answer from the store")
			}
			if text := page.Text(); !strings.Contains(text, "You are logged in") || !strings.Contains(text, profile) {
				t.Errorf("the page says %q", text)
			}
			if c := page.Complaints(); len(c) != 0 {
				t.Errorf("the browser complains: %q", c)
			}
			time.Sleep(4 * time.Second)
			if later := d.Must(t, "", "token", "-p", profile); later == token {
				t.Error("the stale token was not refreshed")
			}
			d.Must(t, "", "logout", "-p", profile)
			d.refused(t, 8, "refresh", "-p", profile)
		})
	}
}

func (d *desk) refused(t *testing.T, code int, args ...string) string {
	t.Helper()
	r := d.Run(t, "", args...)
	if r.Code != code || r.Stdout != "" {
		t.Errorf("authctl %s: exit %d, wanted %d\n%s", strings.Join(args, " "), r.Code, code, r.Stderr)
	}
	return r.Stderr
}

func TestDecliningKeepsNothing(t *testing.T) {
	browser := chromium.Start(t)
	for _, profile := range []string{"salus", "helseid-login"} {
		d, _ := sandboxed(t, sandbox.Options{})
		login := d.start(t, "login-pkce", "-p", profile)
		page := browser.Open(t, d.address(login), true)
		page.Click("#cancel")
		page.Wait("body.failure")
		login.end(4)
		if text := page.Text(); !strings.Contains(text, "declined") || strings.Contains(text, "access_denied") {
			t.Errorf("the page says %q", text)
		}
		if d.records() != 0 {
			t.Error("something is kept")
		}
	}
}

func TestBrowserSeesNoSecret(t *testing.T) {
	d, _ := sandboxed(t, sandbox.Options{})
	login := d.start(t, "login-pkce", "-p", "salus")
	address := d.address(login)
	env, err := os.ReadFile(d.opened + ".env")
	if err != nil || strings.Contains(string(env), "AUTHCTL_") || !strings.Contains(string(env), "PATH=") {
		t.Errorf("the browser's environment: %v\n%s", err, env)
	}
	_ = login.cmd.Process.Signal(syscall.SIGINT)
	began := time.Now()
	login.end(130)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("Ctrl-C took %v", took)
	}
	u, _ := url.Parse(address)
	back, _ := url.Parse(u.Query().Get("redirect_uri"))
	if conn, err := net.Dial("tcp", back.Host); err == nil {
		conn.Close()
		t.Error("the port is still open")
	}
	if d.records() != 0 {
		t.Error("something is kept")
	}
}

// TestScreenshots writes the pages of docs/ into the folder that
// AUTHCTL_SCREENSHOTS names.
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("AUTHCTL_SCREENSHOTS")
	if folder == "" {
		t.Skip("AUTHCTL_SCREENSHOTS names no folder")
	}
	browser := chromium.Start(t)
	for name, button := range map[string]string{"success": "#login", "failure": "#cancel"} {
		for _, scheme := range []string{"light", "dark"} {
			d, _ := sandboxed(t, sandbox.Options{})
			login := d.start(t, "login-pkce", "-p", "salus")
			page := browser.Open(t, d.address(login), scheme == "dark")
			page.Click(button)
			page.Wait("body." + name)
			<-login.done
			if err := os.WriteFile(filepath.Join(folder, "login-"+name+"-"+scheme+".png"), page.Screenshot(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
