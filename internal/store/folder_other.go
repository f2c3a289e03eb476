//go:build !unix

package store

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"
)

const noFollow = 0

// patient: Windows refuses to open or to replace a file for as long as another process
// replaces or reads it, which is a moment.
func patient(try func() error) error {
	const pause, limit = 2 * time.Millisecond, 3 * time.Second
	for begun := time.Now(); ; {
		err := try()
		if time.Since(begun) > limit || !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.Errno(32)) { // ERROR_SHARING_VIOLATION
			return err
		}
		time.Sleep(pause)
	}
}

func isLink(error) bool { return false }

func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// private: Windows keeps the profile folder to its user by ACL.
func private(os.FileInfo) error { return nil }

// sync: Windows cannot sync a folder; MoveFileEx orders the rename.
func (d folder) sync() error { return nil }

const lockFlags = os.O_CREATE | os.O_RDWR

// kernelWaits: no wait for LockFileEx, which nothing tried here.
const kernelWaits = false

func given(os.FileInfo) error { return nil }

// NotWritable reports that the disk would not take a file.
func NotWritable(err error) bool { return errors.Is(err, fs.ErrPermission) }
