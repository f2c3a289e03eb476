//go:build !unix

package secretstore

import "os"

// ownerOnly: Windows has no mode bits; the profile folder's ACL is the user's own.
func ownerOnly(os.FileInfo) error { return nil }
