//go:build e2e

package person

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"testing"

	"authctl/internal/e2e/program"
)

// Person is somebody with an account, who agrees to everything.
type Person struct {
	User, Password string
	// Browse goes to the address instead of Visit, in a browser that is one.
	Browse func(t *testing.T, address string)
}

// Login runs `authctl login-pkce` or `login-device` with the arguments and goes to
// the address that it prints.
func (p Person) Login(t *testing.T, a *program.Authctl, args ...string) program.Result {
	t.Helper()
	cmd := a.Command(t, append(args, "--timeout", "60s")...) // not five minutes for a page that is not as expected
	var out, said bytes.Buffer
	cmd.Stdout = &out
	errs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	words := bufio.NewScanner(io.TeeReader(errs, &said))
	words.Split(bufio.ScanWords)
	for visited := false; words.Scan(); {
		if !visited && isAddress(words.Text()) {
			visited = true
			if p.Browse != nil {
				p.Browse(t, words.Text())
			} else {
				p.Visit(t, words.Text())
			}
		}
	}
	_ = cmd.Wait()
	return program.Result{Stdout: strings.TrimSuffix(out.String(), "\n"), Stderr: said.String(), Code: cmd.ProcessState.ExitCode()}
}

// isAddress: an authorize URL names the client, a device's has the code in it.
func isAddress(word string) bool {
	return strings.HasPrefix(word, "http") && (strings.Contains(word, "?client_id=") ||
		strings.Contains(word, "&client_id=") || strings.Contains(word, "?user_code="))
}

// MustLogin is Login that has to succeed; it returns stdout.
func (p Person) MustLogin(t *testing.T, a *program.Authctl, args ...string) string {
	t.Helper()
	r := p.Login(t, a, args...)
	if r.Code != 0 || r.Stdout == "" {
		t.Fatalf("authctl %s: exit %d, %d bytes on stdout\n%s", strings.Join(args, " "), r.Code, len(r.Stdout), r.Stderr)
	}
	return r.Stdout
}
