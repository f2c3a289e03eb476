//go:build e2e

package softhsm

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"authctl/internal/e2e/program"
)

// TestATokenOfHelseIDWithAKeyOfSoftHSM: and no process but pkcs11-tool opens what the private keys are in.
func TestATokenOfHelseIDWithAKeyOfSoftHSM(t *testing.T) {
	a := program.New(t, "version: 1\nprofiles: {}\n")
	h := New(t, a.Home)
	h.Key(t, "01", "rsa:2048")
	h.Key(t, "02", "EC:prime256v1")
	trace := filepath.Join(a.Home, "trace")
	traced := ""
	if _, err := exec.LookPath("strace"); err == nil {
		traced = "strace -f -qq -e trace=execve,open,openat,openat2 -s 200 -o " + trace
	} else {
		t.Log("strace is not here, so what was opened is not looked at")
	}
	a.Env = append(a.Env, h.Env...)
	for alg, id := range map[string]string{"RS512": "01", "PS256": "01", "ES256": "02"} {
		r := AtHelseID(t, a, id, alg, traced)
		if r.Code != 0 || strings.Count(r.Stdout, ".") != 2 || strings.Contains(r.Stderr, "canary") {
			t.Errorf("%s: exit %d, %s%s", alg, r.Code, r.Stdout, r.Stderr)
			continue
		}
		if traced != "" {
			opened(t, trace, filepath.Join(a.Home, "tokens"))
		}
	}
}

// opened fails where another program than pkcs11-tool opened a file of folder, and where none did.
func opened(t *testing.T, trace, folder string) {
	t.Helper()
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`^(\d+) +(?:execve\("([^"]*)"|open\w*\(.*"([^"]*)")`)
	runs, by := map[string]string{}, map[string]int{}
	for _, l := range strings.Split(string(text), "\n") {
		m := line.FindStringSubmatch(l)
		switch {
		case m == nil, m[2] != "" && strings.Contains(l, " = -1 "): // looked for in PATH
		case m[2] != "":
			runs[m[1]] = filepath.Base(m[2])
		case strings.HasPrefix(m[3], folder+"/"):
			by[runs[m[1]]]++
		}
	}
	if by["pkcs11-tool"] == 0 || len(by) != 1 {
		t.Errorf("the private keys were opened by %s", fmt.Sprint(by))
	}
}
