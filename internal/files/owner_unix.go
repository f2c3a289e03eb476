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

// Like gives path the mode and the group of the file that info was read of.
func Like(path string, info fs.FileInfo) error {
	mine, err := os.Stat(path)
	if err != nil {
		return err
	}
	has, ok := mine.Sys().(*syscall.Stat_t)
	wants, too := info.Sys().(*syscall.Stat_t)
	if ok && too && has.Gid != wants.Gid {
		if err := os.Chown(path, -1, int(wants.Gid)); err != nil {
			return err
		}
	}
	return os.Chmod(path, info.Mode().Perm())
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
