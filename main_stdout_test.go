//go:build linux && (amd64 || arm64)

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// printing is every command that has a result, at places where none can be kept.
const printing = `
no() {
	want=$1; shift
	case $want in
	closed) "$@" >&- 2>said; code=$? ;;
	full) "$@" >/dev/full 2>said; code=$? ;;
	esac
	[ $code -eq 1 ] || [ "$2 $code" = "curl 125" ] && grep -q 'write /dev/stdout: \(no space left\|bad file descriptor\)' said || echo "$want: $*: exit $code, $(cat said)"
}
authctl token -p helseid >token || exit 1
api=${AUTHCTL_SANDBOX_URL#http://}
for want in closed full; do
	while read -r args; do
		no $want authctl $args
	done <<END
token -p salus
token -p salus -o json
token -p salus -o env
token -p salus -o kube
token --help
assert -p klg
kid $KEY
kid $KEY -o json
decode token
decode -o json token
secret list -p salus
secret list -p salus -o json
doctor -p salus --offline
doctor -p salus --offline -o json
status
status -o json
profile list
profile show salus
profile check salus
profile --help
curl --print -p salus http://$api/
completion bash
help token
version
sandbox
logout -p salus
END
done
authctl token -p salus >/dev/null || echo a file that takes everything
`

// A result that nobody got is no success.
func TestAResultThatIsLostIsAnError(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program")
	}
	dir := t.TempDir()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "authctl")
	if out, err := exec.CommandContext(t.Context(), "scripts/build.sh", program).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), program, "sandbox", "--", "sh", "-c", printing)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "AUTHCTL_STORE=file", "KEY="+filepath.Join(here, "internal/keys/testdata/klg-public-key.pem"),
		"PATH="+dir+":"+os.Getenv("PATH"))
	var said bytes.Buffer
	cmd.Stderr = &said
	if out, err := cmd.Output(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s%s", err, out, &said)
	}
}
