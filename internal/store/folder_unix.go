//go:build unix

package store

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"authctl/internal/files"
)

// noFollow: a link in place of a record is not followed, and a FIFO does not block the open.
const noFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// patient: a file can be replaced while it is read.
func patient(try func() error) error { return try() }

func isLink(err error) bool {
	// EMLINK is FreeBSD's, ENXIO a socket's.
	return errors.Is(err, syscall.ELOOP) || errors.Is(err, syscall.EMLINK) || errors.Is(err, syscall.ENXIO)
}

// missing: there is no such file, nor could there be (HOME=/dev/null).
func missing(err error) bool {
	return errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.ENOTDIR)
}

// private says why others could see or change what is the user's own, or nil.
func private(info os.FileInfo) error {
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("is open to others (mode %04o)", mode)
	}
	return nil
}

// sync makes a rename or removal in the folder durable.
func (d folder) sync() error {
	f, err := os.Open(d.path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	// Some network file systems refuse to sync a folder; the rename is then as durable as they make it.
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}

// lockFlags open a lock file, and nothing a link points to.
const lockFlags = os.O_CREATE | os.O_RDONLY | noFollow

// kernelWaits: flock(2) waits, and the end of the process ends the wait.
const kernelWaits = true

// given says why an administrator's key file is not safe, or nil. A
// file of root's may reach an unprivileged process through its group: that is
// how container platforms hand out secrets.
func given(info os.FileInfo) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	if ok && st.Uid == 0 && os.Geteuid() != 0 && info.Mode().Perm()&0o037 == 0 {
		return nil
	}
	if err := files.Owned(info.Name(), info); err != nil {
		return err
	}
	return private(info)
}

// NotWritable reports that the disk would not take a file: it is read-only,
// full, or not the user's, or the home folder is none (HOME=/dev/null).
// Damage and other users' files are something else.
func NotWritable(err error) bool {
	for _, e := range []error{syscall.EROFS, syscall.EACCES, syscall.EPERM, syscall.ENOSPC, syscall.EDQUOT, syscall.ENOTDIR, syscall.ENOENT} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
