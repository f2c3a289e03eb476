//go:build !unix

package store

import (
	"errors"
	"io/fs"
	"os"
)

const noFollow = 0

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
