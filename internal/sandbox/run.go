package sandbox

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"authctl/internal/secret"
)

// Run is a command inside the sandbox.
type Run struct {
	Argv       []string
	In         io.Reader
	Out, Err   io.Writer
	Executable string   // authctl's own, found as `authctl` in PATH by the command
	Hide       []string // variables that hold secrets of the user's own profiles
	Store      string   // AUTHCTL_STORE for the command; "": file, unless the environment names one
	Terminal   bool     // the command shares our terminal, and gets its Ctrl-C from there
}

// Run runs the command with the profiles and secrets of the sandbox, its tokens
// kept apart from the user's, and returns its exit code, 128+N when signal N
// ended it. SIGINT, SIGTERM and SIGHUP are passed on.
func (s *Sandbox) Run(ctx context.Context, o Run) (int, error) {
	bin, err := s.binFolder(o.Executable)
	if err != nil {
		return 0, err
	}
	argv := slices.Clone(o.Argv)
	if argv[0] == "authctl" {
		argv[0] = filepath.Join(bin, filepath.Base(argv[0]))
	}
	// Not CommandContext: a signal that ends ctx is passed on, and the command decides.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), argv[0], argv[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = o.In, o.Out, o.Err
	cmd.Env = s.environ(secret.Withheld(cmd.Environ(), o.Hide, nil), bin, o.Store)
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	done := make(chan struct{})
	go forward(signals, done, cmd.Process, o.Terminal)
	err = cmd.Wait()
	close(done)
	return exitCode(err)
}

func forward(signals <-chan os.Signal, done <-chan struct{}, to *os.Process, terminal bool) {
	for {
		select {
		case sig := <-signals:
			if sig == os.Interrupt && terminal {
				continue // the terminal sent it to the command as well
			}
			_ = to.Signal(sig)
		case <-done:
			return
		}
	}
}

func exitCode(err error) (int, error) {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 0, err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return exit.ExitCode(), nil
}

// binFolder is a folder where `authctl` is this very program.
func (s *Sandbox) binFolder(executable string) (string, error) {
	base := filepath.Base(executable)
	if strings.TrimSuffix(base, ".exe") == "authctl" {
		return filepath.Dir(executable), nil
	}
	bin := filepath.Join(s.dir, "bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		return "", err
	}
	link := filepath.Join(bin, "authctl"+filepath.Ext(base))
	if _, err := os.Lstat(link); err == nil {
		return bin, nil // of an earlier command in this sandbox
	}
	return bin, os.Symlink(executable, link)
}

// environ is the user's environment without their own authctl settings, and
// with the sandbox's. Everything authctl keeps goes into the private folder.
func (s *Sandbox) environ(user []string, bin, store string) []string {
	set := s.Env()
	path := bin
	for _, assignment := range user {
		name, value, _ := strings.Cut(assignment, "=")
		switch {
		case name == "PATH":
			path += string(os.PathListSeparator) + value
		case name == "AUTHCTL_STORE" && store == "":
			store = value
		}
	}
	if store == "" {
		store = "file"
	}
	set["PATH"], set["AUTHCTL_STORE"] = path, store
	for variable, folder := range map[string]string{"XDG_STATE_HOME": "state", "XDG_CACHE_HOME": "cache", "XDG_CONFIG_HOME": "config"} {
		set[variable] = filepath.Join(s.dir, folder)
	}
	out := slices.DeleteFunc(slices.Clone(user), func(assignment string) bool {
		name, _, _ := strings.Cut(assignment, "=")
		_, replaced := set[name]
		theirs := name == "AUTHCTL_TIMEOUT" || strings.HasPrefix(name, "AUTHCTL_STORE_")
		return replaced || strings.HasPrefix(name, "AUTHCTL_") && !theirs
	})
	for name, value := range set {
		out = append(out, name+"="+value)
	}
	return out
}
