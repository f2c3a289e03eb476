//go:build linux || netbsd || openbsd || (freebsd && cgo) || (dragonfly && cgo)

package secretstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/godbus/dbus/v5"

	"authctl/internal/files"
)

// thisPlatform is the freedesktop Secret Service on the session bus.
func thisPlatform(env func(string) (string, bool)) platform {
	return platform{
		reachable: func() error { return busExists(env, filepath.Join("/run/user", strconv.Itoa(os.Getuid()))) },
		diagnose:  secretServiceState,
	}
}

// busExists looks where the D-Bus library would look, in the same order.
// Finding nothing, the library starts dbus-launch, whose daemon outlives us.
func busExists(env func(string) (string, bool), runtimeDir string) error {
	if a, _ := env("DBUS_SESSION_BUS_ADDRESS"); a != "" && a != "autolaunch:" {
		return socketExists(a)
	}
	if _, err := os.Stat(filepath.Join(runtimeDir, "bus")); err == nil {
		return nil
	}
	if b, _, err := (files.Wanted{Max: 4 << 10}).Read(context.Background(), filepath.Join(runtimeDir, "dbus-session")); err == nil && strings.HasPrefix(string(b), "DBUS_SESSION_BUS_ADDRESS=") {
		return nil
	}
	return fmt.Errorf("%w: no D-Bus session bus (DBUS_SESSION_BUS_ADDRESS is not set)", ErrNoKeyring)
}

// socketExists knows one form of address, unix:path=/x; others are left to the library.
func socketExists(address string) error {
	path, ok := strings.CutPrefix(address, "unix:path=")
	if !ok || strings.ContainsAny(path, ";%") {
		return nil
	}
	path, _, _ = strings.Cut(path, ",") // ,guid=...
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: no D-Bus session bus (DBUS_SESSION_BUS_ADDRESS names %s, which does not exist)", ErrNoKeyring, path)
	}
	return nil
}

const (
	secretService   = "org.freedesktop.secrets"
	servicePath     = "/org/freedesktop/secrets"
	loginCollection = "/org/freedesktop/secrets/collection/login"
	defaultAlias    = "/org/freedesktop/secrets/aliases/default"
	collectionIface = "org.freedesktop.Secret.Collection"
)

// secretServiceState asks the Secret Service for the Locked property of the
// collection that go-keyring uses. It runs only after a failure: the fast
// path pays nothing for it.
func secretServiceState(ctx context.Context, _ error) error {
	found := make(chan error, 1)
	go func() { found <- collectionState(ctx) }()
	select {
	case err := <-found:
		return err
	case <-ctx.Done():
		return nil
	}
}

func collectionState(ctx context.Context) error {
	bus, err := dbus.SessionBus() // the connection go-keyring made
	var dial *net.OpError
	switch {
	case errors.As(err, &dial), errors.Is(err, os.ErrNotExist):
		return ErrNoKeyring
	case err != nil:
		return nil
	}
	locked, err := isLocked(ctx, bus, loginCollection)
	if isUnknown(err) {
		locked, err = isLocked(ctx, bus, defaultAlias)
	}
	switch {
	case isUnknown(err):
		return ErrNoKeyring
	case err == nil && locked:
		return ErrLocked
	}
	return nil
}

func isLocked(ctx context.Context, bus *dbus.Conn, path dbus.ObjectPath) (bool, error) {
	var v dbus.Variant
	err := bus.Object(secretService, path).
		CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, collectionIface, "Locked").Store(&v)
	locked, _ := v.Value().(bool)
	return locked, err
}

// isUnknown: nobody offers the Secret Service, or it has no such collection.
func isUnknown(err error) bool {
	var e dbus.Error
	if !errors.As(err, &e) {
		return false
	}
	switch strings.TrimPrefix(e.Name, "org.freedesktop.DBus.Error.") {
	case "ServiceUnknown", "NameHasNoOwner", "UnknownObject", "UnknownMethod", "UnknownInterface":
		return true
	}
	return strings.HasPrefix(e.Name, "org.freedesktop.DBus.Error.Spawn.") || e.Name == "org.freedesktop.Secret.Error.NoSuchObject"
}
