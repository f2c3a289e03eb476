//go:build !unix

package metadata

import "io/fs"

// oursAlone: elsewhere the user's own folder is protected by its access
// control list, which the mode bits do not show.
func oursAlone(fs.FileInfo) bool { return true }
