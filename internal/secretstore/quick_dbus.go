//go:build linux || netbsd || openbsd || (freebsd && cgo) || (dragonfly && cgo)

package secretstore

import (
	"github.com/godbus/dbus/v5"
	"github.com/zalando/go-keyring"
)

// Get reads an item. The common case, one item in an open collection, takes
// two exchanges with the Secret Service where go-keyring takes seven, which is
// most of the time of a token that is kept. All else is left to go-keyring:
// absence, several items, unlocking, errors.
func (osKeyring) Get(service, user string) (string, error) {
	if v, ok := openItem(service, user); ok {
		return v, nil
	}
	return keyring.Get(service, user)
}

// boxed is the Secret structure of the Secret Service API.
type boxed struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

// openItem looks for the one unlocked item with go-keyring's attributes. It
// never prompts.
func openItem(service, user string) (string, bool) {
	bus, err := dbus.SessionBus() // the connection that go-keyring uses
	if err != nil {
		return "", false
	}
	root := bus.Object(secretService, "/org/freedesktop/secrets")
	opening := root.Go("org.freedesktop.Secret.Service.OpenSession", 0, nil, "plain", dbus.MakeVariant(""))
	searching := root.Go("org.freedesktop.Secret.Service.SearchItems", 0, nil, map[string]string{"service": service, "username": user})

	var algorithm dbus.Variant
	var session dbus.ObjectPath
	var unlocked, locked []dbus.ObjectPath
	if (<-opening.Done).Store(&algorithm, &session) != nil || (<-searching.Done).Store(&unlocked, &locked) != nil {
		return "", false
	}
	if len(unlocked) != 1 || len(locked) != 0 {
		return "", false
	}
	var found boxed
	err = bus.Object(secretService, unlocked[0]).Call("org.freedesktop.Secret.Item.GetSecret", 0, session).Store(&found)
	return string(found.Value), err == nil
}
