//go:build unix

package secretstore

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// ownerOnly refuses a file that others can read or replace. A file of root's
// that reached us through its group is root's decision: that is how container
// platforms hand a secret to an unprivileged process.
func ownerOnly(info os.FileInfo) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return errors.New("has no owner that could be checked")
	}
	uid, mode := os.Geteuid(), info.Mode().Perm()
	if st.Uid == 0 && uid != 0 && mode&0o037 == 0 {
		return nil
	}
	if int(st.Uid) != uid && st.Uid != 0 {
		return fmt.Errorf("belongs to another user (uid %d)", st.Uid)
	}
	if mode&0o077 != 0 {
		return fmt.Errorf("can be read by others (mode %04o)", mode)
	}
	return nil
}
