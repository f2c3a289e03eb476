//go:build unix

package files

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Owned is an *OwnerError when path, of which info was read, is another user's.
func Owned(path string, info fs.FileInfo) error {
	if st, ok := info.Sys().(*syscall.Stat_t); ok && int(st.Uid) != os.Geteuid() {
		return &OwnerError{path, int(st.Uid)}
	}
	return nil
}

// rootAsGuest looks at path, or at the nearest folder above it that exists.
func rootAsGuest(path string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	for {
		info, err := os.Lstat(path)
		if err == nil {
			return Owned(path, info)
		}
		above := filepath.Dir(path)
		if above == path {
			return nil
		}
		path = above
	}
}
