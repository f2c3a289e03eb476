//go:build linux

package main

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// started is the program under way.
type started struct {
	*exec.Cmd
	t        *testing.T
	out, err bytes.Buffer
	ended    chan struct{}
}

// program starts authctl with a home of its own.
func program(t *testing.T, home string, args ...string) *started {
	t.Helper()
	p := &started{Cmd: exec.Command(os.Args[0], args...), t: t, ended: make(chan struct{})}
	p.Env = []string{
		"AUTHCTL_TEST_MAIN=1", "HOME=" + home, "PATH=" + os.Getenv("PATH"),
		"AUTHCTL_CONFIG=" + filepath.Join(home, "profiles.yaml"), "AUTHCTL_STORE=file",
	}
	p.Stdout, p.Stderr = &p.out, &p.err
	p.Cmd.WaitDelay = time.Second // a child of its own may hold the pipes
	return p
}

func (p *started) start() *started {
	p.t.Helper()
	if err := p.Start(); err != nil {
		p.t.Fatal(err)
	}
	go func() {
		_ = p.Wait()
		close(p.ended)
	}()
	p.t.Cleanup(func() {
		_ = p.Process.Kill()
		<-p.ended
	})
	return p
}

// run waits for its end, within.
func (p *started) run(within time.Duration) (code int) {
	p.t.Helper()
	if p.start(); !p.endsIn(within) {
		p.t.Fatalf("%v: still there after %v", p.Args[1:], within)
	}
	return p.code()
}

func (p *started) endsIn(d time.Duration) bool {
	select {
	case <-p.ended:
		return true
	case <-time.After(d):
		return false
	}
}

// code is that of the program, or what a shell makes of the signal that ended it.
func (p *started) code() int {
	if w, ok := p.ProcessState.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return 128 + int(w.Signal())
	}
	return p.ProcessState.ExitCode()
}

func (p *started) interrupt() {
	p.t.Helper()
	if err := p.Process.Signal(syscall.SIGINT); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Fatal(err)
	}
}

// home is a folder with that profiles file.
func home(t *testing.T, profiles string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "profiles.yaml"), []byte("version: 1\n"+profiles), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// silent is a server that starts sessions and then answers no refresh; asked
// tells of each.
func silent(t *testing.T) (address string, asked chan string) {
	asked = make(chan string, 8)
	over := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("grant_type") != "refresh_token" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":"r1"}`))
			return
		}
		asked <- r.FormValue("refresh_token")
		<-over
	}))
	t.Cleanup(func() {
		close(over)
		s.CloseClientConnections()
		s.Close()
	})
	return s.URL, asked
}

const atOnce = 200 * time.Millisecond

// A refresh token that is on its way is not cut off by one Ctrl-C; a second one
// ends the process at once and tells what that may have cost.
func TestASecondSignalEndsARefresh(t *testing.T) {
	server, asked := silent(t)
	dir := home(t, "profiles:\n  work:\n    grant: token_exchange\n    token_url: "+server+"/token\n    client: {id: x, auth: none}\n")
	subject := filepath.Join(dir, "subject")
	if err := os.WriteFile(subject, []byte("subject-token"), 0o600); err != nil {
		t.Fatal(err)
	}
	if p := program(t, dir, "exchange", "-p", "work", "--subject-token", subject, "--subject-token-type", "jwt"); p.run(20*time.Second) != 0 {
		t.Fatal(p.err.String())
	}
	for name, args := range map[string][]string{
		"refresh":     {"refresh", "-p", "work"},
		"token":       {"token", "-p", "work", "--force"},
		"a given one": {"refresh", "-p", "work", "--refresh-token", subject},
		"beside":      {"token", "-p", "work", "--audience", "urn:other"},
	} {
		t.Run(name, func(t *testing.T) {
			p := program(t, dir, append(args, "--timeout", "20s")...).start()
			select {
			case <-asked:
			case <-p.ended:
				t.Fatalf("it ended before it asked: %s", &p.err)
			}
			p.interrupt()
			if p.endsIn(time.Second) {
				t.Fatalf("one signal ended it: exit %d, %s", p.code(), &p.err)
			}
			p.interrupt()
			if !p.endsIn(atOnce) {
				t.Fatal("a second signal did not end it")
			}
			lost := "authctl: interrupted again: ended at once; the refresh token of work was on its way: " +
				"if the next token is refused, authctl exchange -p work --subject-token FILE starts a new session\n"
			if name == "a given one" {
				lost = strings.Replace(lost, "authctl exchange -p work --subject-token FILE", "authctl refresh -p work --refresh-token FILE", 1)
			}
			if p.code() != 130 || p.out.Len() > 0 || !strings.HasSuffix(p.err.String(), lost) {
				t.Errorf("exit %d, stdout %q, stderr:\n%s", p.code(), &p.out, &p.err)
			}
		})
	}
}

// Where nothing that is good for one use is on its way, one Ctrl-C is enough.
func TestOneSignalEndsEveryOtherWait(t *testing.T) {
	server, asked := silent(t)
	mute, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mute.Close() })
	dir := home(t, `profiles:
  tls: {token_url: "https://`+mute.Addr().String()+`/token", client: {id: x, auth: none}}
  http: {token_url: "http://`+mute.Addr().String()+`/token", client: {id: x, auth: none}}
  fifo: {token_url: "`+server+`/token", client: {id: x, auth: client_secret_post, secret: "file:pipe"}}
  command: {token_url: "`+server+`/token", client: {id: x, auth: client_secret_post, secret: {command: [sleep, "60"]}}}
  work: {grant: authorization_code, token_url: "`+server+`/token", authorize_url: "`+server+`/authorize", client: {id: x, auth: none}}
`)
	given := filepath.Join(dir, "given")
	if err := errors.Join(os.WriteFile(given, []byte("r1"), 0o600), syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600)); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"a handshake":                {"token", "-p", "tls"},
		"a handshake before a spend": {"refresh", "-p", "tls", "--refresh-token", given},
		"an answer":                  {"token", "-p", "http"},
		"a secret out of a pipe":     {"token", "-p", "fifo"},
		"a command":                  {"token", "-p", "command"},
		"before COMMAND":             {"exec", "-p", "http", "--", "touch", "ran"},
		"a login":                    {"login-pkce", "-p", "work", "--no-browser"},
		"the sandbox":                {"sandbox"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := program(t, dir, args...)
			p.Dir = dir
			oneIsEnough(t, p.start())
			if _, err := os.Stat(filepath.Join(dir, "ran")); err == nil {
				t.Error("COMMAND ran")
			}
		})
	}
	t.Run("a lock", func(t *testing.T) {
		program(t, dir, "refresh", "-p", "work", "--refresh-token", given).start()
		<-asked
		oneIsEnough(t, program(t, dir, "refresh", "-p", "work", "--refresh-token", given).start())
	})
}

func oneIsEnough(t *testing.T, p *started) {
	t.Helper()
	if p.endsIn(time.Second) {
		t.Fatalf("it waits for nothing: exit %d, %s", p.code(), &p.err)
	}
	p.interrupt()
	if !p.endsIn(2 * time.Second) {
		t.Fatal("still there")
	}
	if got := p.code(); got != 130 && (got != 0 || p.Args[1] != "sandbox") {
		t.Errorf("exit %d, %s", got, &p.err)
	}
}
