package host

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
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
	argv = with(argv, address)
	// The browser outlives the command, and Ctrl-C in the terminal is not meant for it.
	c := exec.CommandContext(context.WithoutCancel(ctx), argv[0], argv[1:]...)
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

// opener is the program and its arguments. $BROWSER comes first where it names one
// program, with or without arguments; a list is xdg-open's to read.
func (d *Desktop) opener() ([]string, error) {
	if argv := d.chosen(); argv != nil {
		return argv, nil
	}
	switch d.goos {
	case "darwin":
		return d.first("open")
	case "windows":
		root, _ := d.env("SystemRoot")
		return []string{filepath.Join(root, "System32", "rundll32.exe"), handler}, nil
	}
	if d.has("WSL_DISTRO_NAME") || d.has("WSL_INTEROP") { // the person's browser is Windows'
		if argv, err := d.first("wslview", "rundll32.exe"); err == nil {
			return argv, nil
		}
	}
	if !d.has("DISPLAY") && !d.has("WAYLAND_DISPLAY") {
		return d.first("wslview")
	}
	return d.first("xdg-open", "x-www-browser", "wslview")
}

// handler opens an address in Windows with no shell in between, which powershell and
// cmd /c start are.
const handler = "url.dll,FileProtocolHandler"

// chosen is what $BROWSER names: a program, or one with arguments that blanks divide.
// A shell is none: it would run what the address holds.
func (d *Desktop) chosen() []string {
	b, _ := d.env("BROWSER")
	if path, err := d.look(b); b != "" && err == nil {
		return []string{path}
	}
	argv := strings.Fields(b)
	if len(argv) == 0 || strings.ContainsAny(b, ":;") && d.goos != "windows" || shell(argv[0]) {
		return nil
	}
	path, err := d.look(argv[0])
	if err != nil {
		return nil
	}
	return append([]string{path}, argv[1:]...)
}

func shell(program string) bool {
	name := strings.TrimSuffix(strings.ToLower(filepath.Base(program)), ".exe")
	return slices.Contains(strings.Fields("sh bash dash ash zsh ksh mksh fish csh tcsh env busybox cmd powershell pwsh"), name)
}

// with puts the address where %s stands, as xdg-open does, else behind all others.
func with(argv []string, address string) []string {
	argv, found := slices.Clone(argv), false
	for i, arg := range argv[1:] {
		found = found || strings.Contains(arg, "%s")
		argv[i+1] = strings.ReplaceAll(arg, "%s", address)
	}
	if !found {
		argv = append(argv, address)
	}
	return argv
}

func (d *Desktop) has(name string) bool {
	v, _ := d.env(name)
	return v != ""
}

func (d *Desktop) first(programs ...string) ([]string, error) {
	for _, p := range programs {
		path, err := d.look(p)
		switch {
		case err != nil:
		case p == "rundll32.exe":
			return []string{path, handler}, nil
		default:
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
