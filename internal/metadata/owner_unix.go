//go:build unix

package metadata

import (
	"io/fs"
	"os"
	"syscall"
)

// oursAlone is true for what belongs to this user and no other can write.
func oursAlone(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Geteuid() && info.Mode().Perm()&0o022 == 0
}
