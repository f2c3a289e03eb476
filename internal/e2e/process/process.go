//go:build e2e

package process

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// Process is a server that runs.
type Process struct {
	cmd  *exec.Cmd
	log  *os.File
	done chan struct{}
}

// Start runs the command in a process group of its own, its output in logFile. No
// child outlives a test that was killed.
func Start(cmd *exec.Cmd, logFile string) (*Process, error) {
	log, err := os.Create(logFile)
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		_ = log.Close()
		return nil, err
	}
	p := &Process{cmd: cmd, log: log, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// Serve starts the command, waits until it listens at address and ends it with the test.
func Serve(t testing.TB, cmd *exec.Cmd, logFile, address string) *Process {
	t.Helper()
	p, err := Start(cmd, logFile)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := p.Listens(ctx, address); err != nil {
		t.Fatal(err)
	}
	return p
}

// Ready waits until a GET of url answers 200. Its error ends with the end of the log.
func (p *Process) Ready(ctx context.Context, url string) error {
	return p.wait(ctx, func() bool { return answers(ctx, url) })
}

// Listens waits until the address, host:port, takes connections.
func (p *Process) Listens(ctx context.Context, address string) error {
	return p.wait(ctx, func() bool {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err != nil {
			return false
		}
		_ = conn.Close()
		return true
	})
}

func (p *Process) wait(ctx context.Context, ready func() bool) error {
	for {
		select {
		case <-ctx.Done():
			return p.said(ctx.Err())
		case <-p.done:
			return p.said(errors.New("it ended by itself"))
		case <-time.After(100 * time.Millisecond):
		}
		if ready() {
			return nil
		}
	}
}

func answers(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func (p *Process) said(err error) error {
	text, _ := os.ReadFile(p.log.Name())
	return fmt.Errorf("%s: %w\n%s", p.cmd.Path, err, text[max(0, len(text)-2000):])
}

// Stop kills the whole group and returns when the process has ended.
func (p *Process) Stop() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.done
	_ = p.log.Close()
}

// FreePort is a port of 127.0.0.1 that nobody listened on a moment ago.
func FreePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
