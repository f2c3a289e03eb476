package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"authctl/internal/fault"
	"authctl/internal/files"
)

// folder is a directory that belongs to the user alone.
type folder struct{ path string }

// make creates the folder and checks that nobody else can put files into it.
func (d folder) make() error {
	if err := files.MakeFolder(d.path); err != nil {
		return diskFault("create the folder of the token store", err)
	}
	return d.check()
}

// check refuses a symbolic link, another user's folder and one that others may
// enter. It goes before every use: what stands in such a folder is not ours to
// believe or to touch.
func (d folder) check() error {
	info, err := os.Lstat(d.path)
	if err == nil {
		err = files.Owned(d.path, info)
	}
	if err != nil {
		return diskFault("use the folder of the token store", err)
	}
	if !info.IsDir() {
		return fault.New(fault.Store, "%s is not a folder", d.path).Hint("move it away; authctl makes its own")
	}
	if err := private(info); err != nil {
		return fault.New(fault.Store, "the folder %s %w", d.path, err).Hint("chmod 700 %s", d.path)
	}
	return nil
}

// read returns a file's bytes. fs.ErrNotExist when there is none; errStrange
// for what is no plain file, or open to others; *files.OwnerError for another
// user's; errTooLarge beyond limit.
func (d folder) read(name string, limit int64) ([]byte, error) {
	var f *os.File
	err := patient(func() (err error) {
		f, err = os.OpenFile(filepath.Join(d.path, name), os.O_RDONLY|noFollow, 0)
		return err
	})
	if isLink(err) {
		return nil, errStrange
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := files.Owned(f.Name(), info); err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || private(info) != nil {
		return nil, errStrange
	}
	if info.Size() > limit {
		return nil, errTooLarge
	}
	b := make([]byte, info.Size())
	if _, err := io.ReadFull(f, b); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return b, nil
}

var errStrange = errors.New("it is not a plain file of yours alone")

// write replaces a file durably: temporary file, fsync, rename, fsync of the
// folder. A reader sees the old bytes or the new ones; a crash leaves one of
// the two and at most a temporary file, which sweep removes.
func (d folder) write(name string, b []byte) (err error) {
	f, err := os.CreateTemp(d.path, name+tempMark+"*")
	if err != nil {
		return diskFault("write to the token store", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
			err = diskFault("write to the token store", err)
		}
	}()
	if _, err := f.Write(b); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := patient(func() error { return os.Rename(f.Name(), filepath.Join(d.path, name)) }); err != nil {
		return err
	}
	return d.sync()
}

// remove deletes a file durably; an absent one is no error.
func (d folder) remove(name string) error {
	info, err := os.Lstat(filepath.Join(d.path, name))
	if err == nil {
		err = files.Owned(filepath.Join(d.path, name), info)
	}
	switch {
	case missing(err):
		return nil
	case err != nil:
		return diskFault("remove from the token store", err)
	}
	err = patient(func() error { return os.Remove(filepath.Join(d.path, name)) })
	if missing(err) {
		return nil
	}
	if err != nil {
		return fault.New(fault.Store, "could not remove from the token store: %w", err).Hint("make %s writable, and repeat", d.path)
	}
	return d.sync()
}

// tempMark is in the name of every file that is being written.
const tempMark = ".tmp-"

func diskFault(what string, err error) error {
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	var foreign *files.OwnerError
	if errors.As(err, &foreign) {
		return fault.New(fault.Store, "could not %s: %w", what, err).
			Hint("run authctl as that user, or with a HOME of your own (sudo -H); XDG_STATE_HOME names another place")
	}
	return fault.New(fault.Store, "could not %s: %w", what, err).
		Hint("AUTHCTL_STORE=none keeps nothing; XDG_STATE_HOME names another place")
}

// entries lists the folder; an absent folder is empty.
func (d folder) entries() ([]fs.DirEntry, error) {
	list, err := os.ReadDir(d.path)
	if missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the token store: %w", err)
	}
	return list, nil
}
