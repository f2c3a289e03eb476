//go:build unix

package files

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// trustedOwner refuses a file that group or others can write, or that belongs
// to another user; root could do anything anyway.
func trustedOwner(path string, info fs.FileInfo) error {
	if mode := info.Mode().Perm(); info.Mode().IsRegular() && mode&0o022 != 0 {
		return &TrustError{fmt.Sprintf("others can write it (mode %04o)", mode), "chmod go-w " + path}
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Uid != 0 && int(st.Uid) != os.Geteuid() {
		return &TrustError{fmt.Sprintf("belongs to another user (uid %d)", st.Uid), "copy it and make the copy your own"}
	}
	return nil
}

// trustedFolder refuses a folder in which anyone can replace the file.
func trustedFolder(path string, info fs.FileInfo) error {
	if mode := info.Mode(); mode.Perm()&0o002 != 0 && mode&fs.ModeSticky == 0 {
		return &TrustError{"anyone can replace it: its folder is world-writable", "chmod o-w " + path}
	}
	return nil
}
