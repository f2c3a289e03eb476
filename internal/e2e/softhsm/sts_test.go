//go:build e2e

package softhsm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authctl/internal/e2e/program"
)

// gatewayKey puts the key of the sandbox's KL Gateway client into the token and takes its file away.
const gatewayKey = `set -e
cd "$FOLDER"
made=$(dirname "$AUTHCTL_CONFIG")
openssl pkcs8 -topk8 -nocrypt -in "$made/klg-key.pem" -out imported.pem
softhsm2-util --import imported.pem --token t --label "key 01" --id 01 --pin "$HSM_PIN" >/dev/null
rm imported.pem "$made/klg-key.pem"
cp "$made/klg-cert.pem" .
(umask 077; KEY="{signer: [$FOLDER/sign01], public: 'file:$FOLDER/klg-cert.pem', env: [HSM_PIN]}" awk '
  /^  [a-z-]*:/ {in_it = ($1 == "klg:")}
  in_it && /^ *key:/ {print "      key: " ENVIRON["KEY"]; next}
  {print}' "$AUTHCTL_CONFIG" >changed.yaml)
export AUTHCTL_CONFIG="$FOLDER/changed.yaml"
authctl sts -p klg >assertion.xml
authctl token -p klg --force
`

// TestAnAssertionWithAKeyOfSoftHSM: the request to the security token service and the
// client assertion of the exchange are signed by a key that no file has.
func TestAnAssertionWithAKeyOfSoftHSM(t *testing.T) {
	a := program.New(t, "version: 1\nprofiles: {}\n")
	h := New(t, a.Home)
	put(t, filepath.Join(h.Folder, "sign01"), strings.ReplaceAll(Recipe(t, "sign-klg"), "KLG_PIN", "HSM_PIN"))
	script, folder := filepath.Join(a.Home, "gateway.sh"), filepath.Join(a.Home, "bin")
	put(t, script, gatewayKey)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(a.Command(t).Path, filepath.Join(folder, "authctl")); err != nil {
		t.Fatal(err)
	}
	a.Env = append(append(a.Env, h.Env...), "FOLDER="+a.Home, "PATH="+folder+":"+os.Getenv("PATH"))
	r := a.Run(t, "", "sandbox", "--", "sh", script)
	if r.Code != 0 || strings.Count(r.Stdout, ".") != 2 || strings.Contains(r.Stderr, "canary") {
		t.Errorf("exit %d, %s%s", r.Code, r.Stdout, r.Stderr)
	}
	raw, err := os.ReadFile(filepath.Join(a.Home, "assertion.xml"))
	if err != nil || !strings.Contains(string(raw), "AttributeStatement") {
		t.Errorf("%v: %.200s", err, raw)
	}
}
