package host

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"authctl/internal/fault"
	"authctl/internal/login"
	"authctl/internal/secret"
)

// openerPatience is how long an opener may take to fail. One that still runs
// then has become the browser itself.
const openerPatience = 2 * time.Second

// errNoBrowser says that there is nothing to open an address with.
var errNoBrowser = errors.New("this machine has no browser that authctl could open")

// Desktop opens addresses with the platform's own opener, by argv and without
// a shell, whatever the address holds.
type Desktop struct {
	goos string
	env  func(string) (string, bool)
	hide []string // variables that hold secrets of the profile
	look func(program string) (path string, err error)
}

// NewBrowser is the browser of this machine; nil when there is none to see it with.
func NewBrowser(goos string, env func(string) (string, bool), hide []string) *Desktop {
	d := &Desktop{goos: goos, env: env, hide: hide, look: exec.LookPath}
	if _, err := d.opener(); err != nil {
		return nil
	}
	return d
}

// Open starts the opener and returns when it has done its work or goes on
// running. Only https and loopback addresses are opened.
func (d *Desktop) Open(ctx context.Context, address string) error {
	if _, err := login.Openable(address); err != nil {
		return fault.New(fault.Config, "the address is neither https nor on this machine, so it is not given to a browser")
	}
	argv, err := d.opener()
	if err != nil {
		return err
	}
	// The browser outlives the command, and Ctrl-C in the terminal is not meant for it.
	c := exec.CommandContext(context.WithoutCancel(ctx), argv[0], append(argv[1:], address)...)
	c.Env = withoutOurs(secret.Withheld(c.Environ(), d.hide, nil))
	c.SysProcAttr = ownSession()
	if err := c.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	patience := time.NewTimer(openerPatience)
	defer patience.Stop()
	select {
	case err := <-ended:
		return err
	case <-patience.C:
	case <-ctx.Done():
	}
	return nil
}

// opener is the program and its first arguments. $BROWSER comes first where it
// names one program; it is a list, or holds %s, for some other programs.
func (d *Desktop) opener() ([]string, error) {
	if b, _ := d.env("BROWSER"); b != "" && !strings.ContainsAny(b, " :%;") {
		if path, err := d.look(b); err == nil {
			return []string{path}, nil
		}
	}
	switch d.goos {
	case "darwin":
		return d.first("open")
	case "windows":
		root, _ := d.env("SystemRoot")
		return []string{filepath.Join(root, "System32", "rundll32.exe"), "url.dll,FileProtocolHandler"}, nil
	}
	if !d.has("DISPLAY") && !d.has("WAYLAND_DISPLAY") {
		return d.first("wslview")
	}
	return d.first("xdg-open", "x-www-browser", "wslview")
}

func (d *Desktop) has(name string) bool {
	v, _ := d.env(name)
	return v != ""
}

func (d *Desktop) first(programs ...string) ([]string, error) {
	for _, p := range programs {
		if path, err := d.look(p); err == nil {
			return []string{path}, nil
		}
	}
	return nil, errNoBrowser
}

// withoutOurs keeps AUTHCTL_* from the browser.
func withoutOurs(env []string) []string {
	kept := make([]string, 0, len(env))
	for _, v := range env {
		if !strings.HasPrefix(v, "AUTHCTL_") {
			kept = append(kept, v)
		}
	}
	return kept
}
