//go:build e2e

package softhsm

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"authctl/internal/e2e/program"
)

// atHelseID has the sandbox's HelseID register the public half of a key, and asks for a token that
// the program sign$1 signs for, under strace where there is one.
const atHelseID = `set -e
cd "$FOLDER"
authctl kid --jwk "$1.pem" >"$1.jwk"
client=$(awk '/^  helseid-dpop:/ {in_it=1} in_it && /id:/ {print $2; exit}' "$AUTHCTL_CONFIG")
curl -fsS --data-binary "@$1.jwk" "$AUTHCTL_SANDBOX_URL/_sandbox/keys?client=$client" >/dev/null
(umask 077; KEY="{signer: [$FOLDER/sign$1], public: 'file:$FOLDER/$1.jwk', env: [HSM_PIN]}" ALG=$2 awk '
  /^  [a-z-]*:/ {in_it = ($1 == "helseid-dpop:")}
  in_it && /key:/ {print "      key: " ENVIRON["KEY"]; next}
  {print}
  in_it && /^    client:/ {hold=1}
  in_it && /^    scopes:/ {print "    assertion: {alg: " ENVIRON["ALG"] "}"}' "$AUTHCTL_CONFIG" >changed.yaml)
export AUTHCTL_CONFIG="$FOLDER/changed.yaml"
$TRACE authctl token -p helseid-dpop --force
`

// AtHelseID has a token from the sandbox's HelseID by the key whose public half is ID.pem in
// the home of a and that the program signID there signs with; traced is what runs authctl.
func AtHelseID(t *testing.T, a *program.Authctl, id, alg, traced string) program.Result {
	t.Helper()
	for _, name := range []string{"curl", "awk"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is not here", name)
		}
	}
	folder, script := filepath.Join(a.Home, "bin"), filepath.Join(a.Home, "helseid.sh")
	put(t, script, atHelseID)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(a.Command(t).Path, filepath.Join(folder, "authctl")); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	env := a.Env
	defer func() { a.Env = env }()
	a.Env = append(env[:len(env):len(env)], "FOLDER="+a.Home, "TRACE="+traced, "PATH="+folder+":"+os.Getenv("PATH"))
	return a.Run(t, "", "sandbox", "--", "sh", script, id, alg)
}
