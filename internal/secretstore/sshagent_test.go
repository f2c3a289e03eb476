package secretstore

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

// anAgent answers every message with the same bytes, and then nothing; it
// returns what asks it.
func anAgent(t *testing.T, answer string) *Resolver {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("no Unix socket")
	}
	socket := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, answer)
			if !strings.HasSuffix(answer, "...") {
				_, _ = io.CopyN(io.Discard, c, 5)
				_ = c.Close()
			}
		}
	}()
	return NewResolver(Sources{Env: func(name string) (string, bool) { return socket, name == "SSH_AUTH_SOCK" }})
}

// message is one of an agent: its length, its kind and what follows.
func message(kind byte, body string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(1+len(body)))) + string(kind) + body
}

// What is no agent, or one that does not want, is an error in one line.
func TestTroublesOfAnAgent(t *testing.T) {
	for name, c := range map[string]struct{ answer, says string }{
		"refusal":       {message(5, ""), "ssh-agent refused"},
		"nothing":       {"", "ssh-agent broke off"},
		"half":          {"\x00\x00\x00\x09\x0c", "ssh-agent broke off"},
		"empty":         {"\x00\x00\x00\x00", "is no ssh-agent"},
		"huge":          {"\xff\xff\xff\xff", "is no ssh-agent"},
		"HTTP":          {"HTTP/1.1 400 Bad Request\r\n", "is no ssh-agent"},
		"broken string": {message(12, "\x00\x00\x00\x01\x00\x00\xff\xffx"), "is no ssh-agent"},
		"odd strings":   {message(12, "\x00\x00\x00\x01\x00\x00\x00\x01x"), "is no ssh-agent"},
		"no number":     {message(12, "\x00"), "ssh-agent has 0 such keys"},
		"odd key":       {message(12, "\x00\x00\x00\x01\x00\x00\x00\x01x\x00\x00\x00\x01k"), "ssh-agent has 0 such keys"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := anAgent(t, c.answer).Resolve(t.Context(), "p", secret.Ref{Kind: secret.SSHAgent, Name: "k"})
			if fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), c.says) || strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("%v", err)
			}
		})
	}
}

// An agent that waits for somebody is waited for no longer than the command is.
func TestAnAgentThatHangs(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := anAgent(t, "\x00\x00\x00...").Resolve(ctx, "p", secret.Ref{Kind: secret.SSHAgent, Name: "k"})
	if err == nil || !strings.Contains(err.Error(), "waiting for ssh-agent") || time.Since(began) > 5*time.Second {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
}
