package config

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/spf13/viper"

	"authctl/internal/files"
	"authctl/internal/strict"
)

// maxFile bounds a profiles file (docs/network.md).
const maxFile = 4 << 20

// readDocument hands viper the file at path. A pipe is waited for until ctx ends
// or wait is over, which is the error. A file that need not exist (explicit is
// false) and does not is an empty one. viper's ReadInConfig would do the same and
// link its reader of TOML and its finder of files: 290 kB; its ReadConfig, with
// one codec of ours, links that reader all the same: 270 kB.
func readDocument(ctx context.Context, v *viper.Viper, path string, explicit bool, wait time.Duration) (*document, error) {
	if path == "" {
		return &document{}, nil
	}
	text, err := readTrusted(ctx, path, explicit, wait)
	switch {
	case err == nil:
		d := parseDocument(path, text)
		return d, v.MergeConfigMap(d.settings())
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil, err
	case errors.Is(err, fs.ErrNotExist) && !explicit:
		return &document{path: path}, nil
	}
	at := unreadable(path, err)
	if at.Hint == "" && explicit {
		at.Hint = "--config or AUTHCTL_CONFIG names the profiles file"
	}
	return &document{path: path, problems: strict.Problems{at}}, nil
}

// readTrusted reads a file that decides where secrets go: it must belong to
// this user or root, and nobody else may be able to change it. The checks are
// made on the open file, so that it cannot be swapped in between. A pipe is
// read, for as long as wait, only when the user named it (explicit): in the default
// place it could hang every command.
func readTrusted(ctx context.Context, path string, explicit bool, wait time.Duration) ([]byte, error) {
	wanted := files.Wanted{Max: maxFile, Pipe: explicit, Wait: wait, Check: func(info fs.FileInfo) error { return files.Trusted(path, info) }}
	text, _, err := wanted.Read(ctx, path)
	return text, err
}

// unreadable is the problem of a file that could not be read.
func unreadable(file string, err error) strict.Problem {
	var trust *files.TrustError
	if errors.As(err, &trust) {
		return strict.Problem{File: file, Text: "refused, " + trust.Text, Hint: trust.Hint}
	}
	return strict.Problem{File: file, Text: plainIO(err)}
}

// plainIO is an I/O error without the path, which the message has already.
func plainIO(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}
