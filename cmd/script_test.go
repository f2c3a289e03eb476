package cmd_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"authctl/cmd"
	"authctl/internal/app"
	"authctl/internal/host"
)

// TestMain lets scripts run the real program, in a process of its own, as
// `authctl`, and `get URL` and `post URL`, because a machine with Go need not have
// curl, `serve`, a server that answers as a script says, and `visit`, a browser.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"authctl": func() {
			signals := host.NewSignals(os.Stderr, os.Exit)
			sys := app.Host()
			sys.Spending, sys.Lend, sys.Become = signals.Spending, signals.Lend, signals.Become
			os.Exit(cmd.Main(signals.Context(), sys, os.Args[1:]))
		},
		"get":   func() { ask(http.MethodGet) },
		"post":  func() { ask(http.MethodPost) },
		"serve": serve,
		"visit": visit,
	})
}

// ask prints what a request to its argument answers, whatever the status.
func ask(method string) {
	req, err := http.NewRequest(method, os.Args[1], http.NoBody)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.Copy(os.Stdout, resp.Body); err != nil {
		os.Exit(1)
	}
}

// TestScripts is authctl as a user meets it: stdout, stderr, exit code. Each
// script has a home of its own, which does not exist yet, and neither keyring
// nor terminal. $VECTORS are published tokens and keys.
func TestScripts(t *testing.T) {
	vectors, err := filepath.Abs("testdata/vectors")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			// The keyring of whoever runs the tests is not theirs to touch: an
			// address that leads nowhere is no keyring.
			e.Vars = append(e.Vars,
				"HOME="+e.WorkDir+"/home", "XDG_CONFIG_HOME=", "XDG_STATE_HOME=", "XDG_CACHE_HOME=", "XDG_RUNTIME_DIR=",
				"DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere/bus", "AUTHCTL_CONFIG="+e.WorkDir+"/profiles.yaml", "LC_ALL=C", "TZ=UTC", "VECTORS="+vectors, "GORACE="+os.Getenv("GORACE"),
			)
			// Profiles that others can write are refused; txtar files are 0666.
			if err := os.Chmod(e.WorkDir+"/profiles.yaml", 0o600); err != nil && !os.IsNotExist(err) {
				return err
			}
			return nil
		},
		Condition: canTrace,
		Cmds:      map[string]func(*testscript.TestScript, bool, []string){"code": exitCodeIs, "convert": convert},
	})
}

// exitCodeIs is `code N COMMAND...`: the command must end with exit code N.
func exitCodeIs(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND [ARG...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = err.Error()
		if e, ok := exitStatus(err); ok {
			got = e
		}
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

// canTrace is the condition [trace]: strace is here and may be used.
func canTrace(condition string) (bool, error) {
	if condition != "trace" {
		return false, errors.New("unknown condition " + condition)
	}
	return exec.Command("strace", "-o", os.DevNull, "true").Run() == nil, nil
}
