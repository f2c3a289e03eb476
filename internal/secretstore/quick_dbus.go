//go:build linux || netbsd || openbsd || (freebsd && cgo) || (dragonfly && cgo)

package secretstore

import (
	"github.com/godbus/dbus/v5"
	"github.com/zalando/go-keyring"
)

// introduce lets the Secret Service answer a harmless question before anything
// else. gnome-keyring takes up a new caller and its first call in two tasks
// that may change places: about once in a thousand connections an OpenSession
// that comes first meets a caller it does not know, the daemon dies of it, and
// its successor is locked (seen with 42.1; the code is the same in 50.0). An error
// here is of no interest: the call that follows meets it again.
func introduce() {
	if bus, err := dbus.SessionBus(); err == nil { // the connection that go-keyring uses
		bus.Object(secretService, servicePath).Call("org.freedesktop.Secret.Service.ReadAlias", 0, "default")
	}
}

// Get reads an item. The common case, one item in an open collection, takes
// three exchanges with the Secret Service where go-keyring takes seven, which
// is most of the time of a token that is kept. All else is left to go-keyring:
// absence, several items, unlocking, errors.
func (k *osKeyring) Get(service, user string) (string, error) {
	k.met.Do(introduce)
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
	bus, err := dbus.SessionBus()
	if err != nil {
		return "", false
	}
	root := bus.Object(secretService, servicePath)
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
