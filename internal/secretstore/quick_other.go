//go:build !(linux || netbsd || openbsd || (freebsd && cgo) || (dragonfly && cgo))

package secretstore

import "github.com/zalando/go-keyring"

// Get reads an item.
func (*osKeyring) Get(service, user string) (string, error) { return keyring.Get(service, user) }

// introduce is for the Secret Service.
func introduce() {}
