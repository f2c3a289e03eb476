package cmd_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
)

// serve is `serve ANSWER COMMAND [ARG...]`: it runs the command while a server
// answers every POST with the file ANSWER. http://served.example in
// profiles.yaml becomes its address; how often it was asked is the last line
// on stderr.
func serve() {
	code, err := serving(os.Args[1], os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func serving(file string, command []string) (code int, err error) {
	body, err := os.ReadFile(file)
	if err != nil {
		return 99, err
	}
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			http.NotFound(w, r)
			return
		}
		asked.Add(1)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	}))
	defer s.Close()
	config := os.Getenv("AUTHCTL_CONFIG")
	text, err := os.ReadFile(config)
	if err != nil {
		return 99, err
	}
	text = []byte(strings.ReplaceAll(string(text), "http://served.example", s.URL))
	if err := os.WriteFile(config+".served", text, 0o600); err != nil {
		return 99, err
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "AUTHCTL_CONFIG="+config+".served")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = io.LimitReader(os.Stdin, 0), os.Stdout, os.Stderr
	err = cmd.Run()
	fmt.Fprintf(os.Stderr, "asked %d\n", asked.Load())
	if cmd.ProcessState == nil {
		return 99, err
	}
	return cmd.ProcessState.ExitCode(), nil
}
