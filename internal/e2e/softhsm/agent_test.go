//go:build e2e

package softhsm

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/e2e/process"
	"authctl/internal/e2e/program"
)

// TestACardOfSSHAgent: `ssh-add -s` loads the keys of a PKCS#11 module, and ssh-agent: signs with them.
func TestACardOfSSHAgent(t *testing.T) {
	for _, name := range []string{"ssh-agent", "ssh-add", "ssh-keygen"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is not here (Debian: openssh-client)", name)
		}
	}
	a := program.New(t, "version: 1\nprofiles: {}\n")
	h := New(t, a.Home)
	h.Key(t, "01", "rsa:2048")
	h.Key(t, "02", "EC:prime256v1")
	socket := filepath.Join(a.Home, "s")
	agent := exec.Command("ssh-agent", "-D", "-a", socket)
	agent.Env = append(agent.Environ(), h.Env...)
	p, err := process.Start(agent, filepath.Join(a.Home, "agent.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	put(t, filepath.Join(a.Home, "askpass"), "#!/bin/sh\necho "+PIN+"\n")
	var said []byte
	for range 50 {
		add := exec.CommandContext(t.Context(), "ssh-add", "-s", Module)
		add.Env = append(add.Environ(), "SSH_AUTH_SOCK="+socket, "SSH_ASKPASS="+filepath.Join(a.Home, "askpass"), "SSH_ASKPASS_REQUIRE=force")
		if said, err = add.CombinedOutput(); err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		t.Fatalf("ssh-add -s: %v\n%s", err, said)
	}
	a.Env = append(a.Env, "SSH_AUTH_SOCK="+socket)
	for alg, id := range map[string]string{"RS256": "01", "RS512": "01", "ES256": "02"} {
		fingerprint := h.fingerprint(t, id)
		signed := a.Must(t, "", "assert", "--key", "ssh-agent:"+fingerprint, "--client-id", "app", "--audience", "https://as.example", "--alg", alg)
		put(t, filepath.Join(a.Home, "a.jwt"), signed)
		told := a.Must(t, "", "decode", "--verify", "--key", id+".pem", "--issuer", "app", "--audience", "https://as.example", "a.jwt")
		if !strings.Contains(told, "VERIFIED: signature") || !strings.Contains(told, alg) {
			t.Errorf("%s: %s", alg, told)
		}
	}
}

// fingerprint is what ssh-keygen says of a public key, as ssh-add -l does.
func (h *HSM) fingerprint(t *testing.T, id string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), "sh", "-c", "ssh-keygen -i -m PKCS8 -f "+id+".pem | ssh-keygen -lf - | cut -d' ' -f2")
	c.Dir = h.Folder
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
