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

// atHelseID has the sandbox's HelseID register the public half of a key, and asks for a token that
// the token of SoftHSM2 signs for, under strace where there is one.
const atHelseID = `set -e
cd "$HSM_FOLDER"
authctl kid --jwk "$1.pem" >"$1.jwk"
client=$(awk '/^  helseid-dpop:/ {in_it=1} in_it && /id:/ {print $2; exit}' "$AUTHCTL_CONFIG")
curl -fsS --data-binary "@$1.jwk" "$AUTHCTL_SANDBOX_URL/_sandbox/keys?client=$client" >/dev/null
(umask 077; KEY="{signer: [$HSM_FOLDER/sign$1], public: 'file:$HSM_FOLDER/$1.jwk', env: [HSM_PIN]}" ALG=$2 awk '
  /^  [a-z-]*:/ {in_it = ($1 == "helseid-dpop:")}
  in_it && /key:/ {print "      key: " ENVIRON["KEY"]; next}
  {print}
  in_it && /^    client:/ {hold=1}
  in_it && /^    scopes:/ {print "    assertion: {alg: " ENVIRON["ALG"] "}"}' "$AUTHCTL_CONFIG" >changed.yaml)
export AUTHCTL_CONFIG="$HSM_FOLDER/changed.yaml"
$TRACE authctl token -p helseid-dpop --force
`

// TestATokenOfHelseIDWithAKeyOfSoftHSM: and no process but pkcs11-tool opens what the private keys are in.
func TestATokenOfHelseIDWithAKeyOfSoftHSM(t *testing.T) {
	for _, name := range []string{"curl", "awk"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is not here", name)
		}
	}
	a := program.New(t, "version: 1\nprofiles: {}\n")
	h := New(t, a.Home)
	h.Key(t, "01", "rsa:2048")
	h.Key(t, "02", "EC:prime256v1")
	folder := filepath.Join(a.Home, "bin")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(a.Command(t).Path, filepath.Join(folder, "authctl")); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(a.Home, "helseid.sh")
	put(t, script, atHelseID)
	trace := filepath.Join(a.Home, "trace")
	traced := ""
	if _, err := exec.LookPath("strace"); err == nil {
		traced = "strace -f -qq -e trace=execve,open,openat,openat2 -s 200 -o " + trace
	} else {
		t.Log("strace is not here, so what was opened is not looked at")
	}
	a.Env = append(a.Env, h.Env...)
	a.Env = append(a.Env, "HSM_FOLDER="+a.Home, "TRACE="+traced, "PATH="+folder+":"+os.Getenv("PATH"))
	for alg, id := range map[string]string{"RS512": "01", "PS256": "01", "ES256": "02"} {
		r := a.Run(t, "", "sandbox", "--", "sh", script, id, alg)
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
