package cmd_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"authctl/cmd"
	"authctl/internal/app"
)

// Without a command: profiles on stdout, the way to use them on stderr, and at
// Ctrl-C exit 0 with nothing left behind.
func TestSandboxUntilInterrupted(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	sys := app.Host()
	out, in := io.Pipe()
	var told bytes.Buffer
	sys.Out, sys.Err = in, &told
	code := make(chan int)
	go func() {
		c := cmd.Main(ctx, sys, []string{"sandbox"})
		in.Close()
		code <- c
	}()
	var profiles strings.Builder
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		profiles.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "salus-public:") {
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	env := regexp.MustCompile(`/\S+/env\.sh`)
	waitFor(t, func() bool {
		files, _ := filepath.Glob(os.Getenv("TMPDIR") + "/authctl-sandbox-*/env.sh")
		return len(files) == 1
	})
	cancel()
	if c := <-code; c != 0 {
		t.Errorf("exit %d: %s", c, told.String())
	}
	for _, name := range []string{"santedb:", "ardengem:", "helseid:", "klg:", "salus:"} {
		if !strings.Contains(profiles.String(), "\n  "+name) {
			t.Errorf("%s is not in the profiles file", name)
		}
	}
	if !env.MatchString(told.String()) || !strings.Contains(told.String(), "until Ctrl-C") {
		t.Errorf("stderr: %s", told.String())
	}
	if left, _ := os.ReadDir(os.Getenv("TMPDIR")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for range 1000 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("waited in vain")
}
