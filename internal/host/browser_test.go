package host

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"authctl/internal/fault"
)

func TestOpener(t *testing.T) {
	tests := map[string]struct {
		goos string
		env  map[string]string
		have string
		want string // "" for none; with the address a
	}{
		"desktop":                {"linux", map[string]string{"DISPLAY": ":0"}, "xdg-open x-www-browser", "xdg-open a"},
		"wayland, no xdg":        {"linux", map[string]string{"WAYLAND_DISPLAY": "w"}, "x-www-browser", "x-www-browser a"},
		"no display":             {"linux", nil, "xdg-open x-www-browser", ""},
		"windows subsystem":      {"linux", nil, "xdg-open wslview", "wslview a"},
		"nothing installed":      {"linux", map[string]string{"DISPLAY": ":0"}, "", ""},
		"chosen":                 {"linux", map[string]string{"BROWSER": "firefox"}, "firefox", "firefox a"},
		"chosen, a list":         {"linux", map[string]string{"BROWSER": "firefox:lynx", "DISPLAY": ":0"}, "firefox xdg-open", "xdg-open a"},
		"chosen, not there":      {"linux", map[string]string{"BROWSER": "gone", "DISPLAY": ":0"}, "xdg-open", "xdg-open a"},
		"chosen, a shell":        {"linux", map[string]string{"BROWSER": "sh -c", "DISPLAY": ":0"}, "sh xdg-open", "xdg-open a"},
		"chosen, a path to one":  {"linux", map[string]string{"BROWSER": "/usr/bin/zsh -c %s", "DISPLAY": ":0"}, "/usr/bin/zsh xdg-open", "xdg-open a"},
		"chosen, with arguments": {"linux", map[string]string{"BROWSER": "firefox --private-window"}, "firefox", "firefox --private-window a"},
		"chosen, a place":        {"linux", map[string]string{"BROWSER": "firefox --url=%s  --new"}, "firefox", "firefox --url=a --new"},
		"chosen, a list of such": {"linux", map[string]string{"BROWSER": "firefox %s:lynx %s", "DISPLAY": ":0"}, "firefox lynx xdg-open", "xdg-open a"},
		"chosen, arguments only": {"linux", map[string]string{"BROWSER": " ", "DISPLAY": ":0"}, "xdg-open", "xdg-open a"},
		"chosen in windows":      {"windows", map[string]string{"BROWSER": "C:/firefox.exe -private"}, "C:/firefox.exe", "firefox.exe -private a"},
		"wsl with a display":     {"linux", map[string]string{"WSL_DISTRO_NAME": "Debian", "DISPLAY": ":0"}, "xdg-open wslview rundll32.exe", "wslview a"},
		"wsl without wslview":    {"linux", map[string]string{"WSL_INTEROP": "/run", "DISPLAY": ":0"}, "xdg-open rundll32.exe", "rundll32.exe url.dll,FileProtocolHandler a"},
		"wsl without windows":    {"linux", map[string]string{"WSL_INTEROP": "/run", "DISPLAY": ":0"}, "xdg-open", "xdg-open a"},
		"mac":                    {"darwin", nil, "open", "open a"},
		"windows":                {"windows", map[string]string{"SystemRoot": "C:\\Windows"}, "", "rundll32.exe url.dll,FileProtocolHandler a"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := &Desktop{
				goos: tt.goos,
				env:  func(name string) (string, bool) { v, ok := tt.env[name]; return v, ok },
				look: func(program string) (string, error) {
					if strings.Contains(" "+tt.have+" ", " "+program+" ") {
						return program, nil
					}
					return "", errors.New("not found")
				},
			}
			argv, err := d.opener()
			got := ""
			if err == nil {
				argv[0] = filepath.Base(argv[0])
				got = strings.Join(with(argv, "a"), " ")
			}
			if got != tt.want {
				t.Errorf("%q %v, want %q", got, err, tt.want)
			}
		})
	}
}

// script makes $BROWSER a program that does what text says.
func script(t *testing.T, text string) *Desktop {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell script")
	}
	path := filepath.Join(t.TempDir(), "browser.sh")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return NewBrowser("linux", func(name string) (string, bool) { return path, name == "BROWSER" }, []string{"CLIENT_SECRET"})
}

func TestOpenGivesOneArgumentAndNoSecret(t *testing.T) {
	t.Setenv("AUTHCTL_SECRET_DEMO_CANARY", "canary")
	t.Setenv("CLIENT_SECRET", "canary")
	out := filepath.Join(t.TempDir(), "out")
	address := "https://as.example/a?x=$(id)&y=;true&z=%60id%60"
	d := script(t, `{ echo "$# $1"; env; } > `+out)
	if err := d.Open(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(raw), "1 "+address+"\n") || strings.Contains(string(raw), "canary") || !strings.Contains(string(raw), "PATH=") {
		t.Errorf("the browser got %s", raw)
	}
}

func TestOpenRefusesOtherAddresses(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	d := script(t, "touch "+out)
	for _, address := range []string{"http://as.example/", "file:///etc/passwd", "-x", "javascript:alert(1)"} {
		if err := d.Open(t.Context(), address); fault.KindOf(err) != fault.Config {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a browser was started")
	}
}

func TestOpenTellsAFailureFromABrowserThatRuns(t *testing.T) {
	if err := script(t, "exit 3").Open(t.Context(), "https://as.example/"); err == nil {
		t.Error("an opener that failed is no success")
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	began := time.Now()
	if err := script(t, "exec sleep 3").Open(ctx, "https://as.example/"); err != nil || time.Since(began) > openerPatience {
		t.Errorf("a browser that runs on: %v after %v", err, time.Since(began))
	}
}
