//go:build e2e

package tpm

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/e2e/process"
	"authctl/internal/e2e/softhsm"
)

// TPM is a TPM 2.0 whose state is in a folder.
type TPM struct {
	Folder string
	Env    []string // what a program needs to use it
}

// Absent says what this machine lacks for it, "" where it has all.
func Absent() string {
	for _, name := range []string{"swtpm", "tpm2_sign", "tpm2_createprimary"} {
		if _, err := exec.LookPath(name); err != nil {
			return name + " is not here (Debian: swtpm, tpm2-tools)"
		}
	}
	return ""
}

// New starts a TPM that ends with the test, or skips it where this machine cannot.
func New(t *testing.T, folder string) *TPM {
	t.Helper()
	if why := Absent(); why != "" {
		t.Skip(why)
	}
	port := twoPorts(t)
	state := filepath.Join(folder, "tpm")
	if err := os.MkdirAll(state, 0o700); err != nil {
		t.Fatal(err)
	}
	p, err := process.Start(exec.Command("swtpm", "socket", "--tpm2", "--tpmstate", "dir="+state, "--flags", "not-need-init,startup-clear",
		"--server", fmt.Sprintf("type=tcp,bindaddr=127.0.0.1,port=%d", port), "--ctrl", fmt.Sprintf("type=tcp,bindaddr=127.0.0.1,port=%d", port+1)),
		filepath.Join(folder, "swtpm.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	// Asking whether it listens would be its one connection: its first command is repeated instead.
	return &TPM{folder, []string{fmt.Sprintf("TPM2TOOLS_TCTI=swtpm:host=127.0.0.1,port=%d", port)}}
}

// twoPorts is a free port whose neighbour above is free, too: the tools expect the control channel there.
func twoPorts(t *testing.T) int {
	t.Helper()
	for range 20 {
		port, err := process.FreePort()
		if err != nil {
			t.Fatal(err)
		}
		if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port+1)); err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatal("no two free ports")
	return 0
}

// Key has the TPM make a key of a kind, as tpm2_create calls it, at a handle, by the commands
// of docs/signers.md, and writes NAME.pem, its public half, and signNAME, the recipe there for it.
func (m *TPM) Key(t *testing.T, name, kind, handle string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "signers.md"))
	_, after, ok := strings.Cut(string(page), "```sh\ntpm2_createprimary")
	if err != nil || !ok {
		t.Fatal("docs/signers.md makes no key: ", err)
	}
	steps, _, _ := strings.Cut("tpm2_createprimary"+after, "\n```")
	at := filepath.Join(m.Folder, name)
	own := strings.NewReplacer("rsa2048", kind, "0x81010001", handle, "primary.ctx", at+".primary", "klg.pub.pem", at+".pem", "key.", at+".")
	for _, step := range strings.Split(steps, "\n") {
		step, _, _ = strings.Cut(step, "#")
		argv := strings.Fields(own.Replace(step))
		for range 50 { // the TPM may still start; nobody manages its few places for keys that are loaded
			if err = errors.Join(m.run("tpm2_flushcontext", "-t"), m.run(argv...)); err == nil {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	script := strings.ReplaceAll(softhsm.Recipe(t, "sign-tpm"), "0x81010001", handle)
	if err := os.WriteFile(filepath.Join(m.Folder, "sign"+name), []byte(script), 0o700); err != nil { //nolint:gosec // it runs
		t.Fatal(err)
	}
}

func (m *TPM) run(argv ...string) error {
	c := exec.Command(argv[0], argv[1:]...)
	c.Env = append(os.Environ(), m.Env...)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", argv[0], err, out)
	}
	return nil
}
