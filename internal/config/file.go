package config

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/afero"
	"github.com/spf13/viper"

	"authctl/internal/files"
)

// maxFile bounds a profiles file (docs/network.md).
const maxFile = 4 << 20

// readDocument has viper read the file at path. A pipe is waited for until ctx ends
// or wait is over, which is the error. A file that need not exist (explicit is
// false) and does not is an empty one.
func readDocument(ctx context.Context, v *viper.Viper, path string, explicit bool, wait time.Duration) (*document, error) {
	if path == "" {
		return &document{}, nil
	}
	v.SetFs(afero.FromIOFS{FS: trustedFiles(func(path string) ([]byte, fs.FileInfo, error) {
		return readTrusted(ctx, path, explicit, wait)
	})})
	v.SetConfigFile(path)
	v.SetConfigType("yaml")
	err := v.ReadInConfig()
	switch {
	case err == nil:
		d, _ := v.Get(keyDocument).(*document)
		return d, nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil, err
	case errors.Is(err, fs.ErrNotExist) && !explicit:
		return &document{path: path}, nil
	}
	at := unreadable(path, err)
	if at.Hint == "" && explicit {
		at.Hint = "--config or AUTHCTL_CONFIG names the profiles file"
	}
	return &document{path: path, problems: Problems{at}}, nil
}

// newViper reads YAML as codec does.
func newViper(path string) (*viper.Viper, error) {
	formats := viper.NewCodecRegistry()
	err := formats.RegisterCodec("yaml", codec{path})
	return viper.NewWithOptions(viper.KeyDelimiter("::"), viper.WithCodecRegistry(formats)), err
}

// trustedFiles are the files that may decide where secrets go, for viper to open.
type trustedFiles func(path string) ([]byte, fs.FileInfo, error)

// Open reads the file at path, whole.
func (read trustedFiles) Open(path string) (fs.File, error) {
	text, info, err := read(path)
	if err != nil {
		return nil, err
	}
	return &opened{bytes.NewReader(text), info}, nil
}

// opened is a file that was read.
type opened struct {
	*bytes.Reader
	info fs.FileInfo
}

// Stat is what the open file was found to be.
func (o *opened) Stat() (fs.FileInfo, error) { return o.info, nil }

// Close has nothing left to close.
func (o *opened) Close() error { return nil }

// readTrusted reads a file that decides where secrets go: it must belong to
// this user or root, and nobody else may be able to change it. The checks are
// made on the open file, so that it cannot be swapped in between. A pipe is
// read, for as long as wait, only when the user named it (explicit): in the default
// place it could hang every command.
func readTrusted(ctx context.Context, path string, explicit bool, wait time.Duration) ([]byte, fs.FileInfo, error) {
	wanted := files.Wanted{Max: maxFile, Pipe: explicit, Wait: wait, Check: func(info fs.FileInfo) error { return trusted(path, info) }}
	return wanted.Read(ctx, path)
}

func trusted(path string, info fs.FileInfo) error {
	if err := trustedOwner(path, info); err != nil {
		return err
	}
	folder, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return err
	}
	return trustedFolder(filepath.Dir(path), folder)
}
