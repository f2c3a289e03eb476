//go:build linux

package secretstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/godbus/dbus/v5"
)

func TestBusExists(t *testing.T) {
	with := func(name, content string) string {
		dir := t.TempDir()
		if name != "" {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	for _, c := range []struct {
		name string
		env  func(string) (string, bool)
		dir  string
		ok   bool
	}{
		{"nothing", noEnv, with("", ""), false},
		{"empty address", environ("DBUS_SESSION_BUS_ADDRESS", ""), with("", ""), false},
		{"autolaunch would start a daemon", environ("DBUS_SESSION_BUS_ADDRESS", "autolaunch:"), with("", ""), false},
		{"an address", environ("DBUS_SESSION_BUS_ADDRESS", "unix:abstract=/x"), with("", ""), true},
		{"an address that is gone", environ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus,guid=1"), with("bus", ""), false},
		{"an address that is there", environ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/dev/null,guid=1"), with("", ""), true},
		{"a socket", noEnv, with("bus", ""), true},
		{"an address in a file", noEnv, with("dbus-session", "DBUS_SESSION_BUS_ADDRESS=unix:abstract=/x\n"), true},
		{"an odd file", noEnv, with("dbus-session", "x"), false},
	} {
		err := busExists(c.env, c.dir)
		if (err == nil) != c.ok || (err != nil && !errors.Is(err, ErrNoKeyring)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestIsUnknown(t *testing.T) {
	for name, want := range map[string]bool{
		"org.freedesktop.DBus.Error.ServiceUnknown":    true,
		"org.freedesktop.DBus.Error.UnknownMethod":     true,
		"org.freedesktop.DBus.Error.Spawn.ChildExited": true,
		"org.freedesktop.Secret.Error.NoSuchObject":    true,
		"org.freedesktop.Secret.Error.IsLocked":        false,
		"org.freedesktop.DBus.Error.NoReply":           false,
	} {
		if got := isUnknown(fmt.Errorf("wrapped: %w", dbus.Error{Name: name})); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if isUnknown(nil) {
		t.Error("no error")
	}
}
