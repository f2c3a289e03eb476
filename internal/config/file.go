package config

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"authctl/internal/files"
	"authctl/internal/strict"
)

// MaxFile bounds a profiles file (docs/network.md).
const MaxFile = 4 << 20

// readTrusted reads a file that decides where secrets go: it must belong to
// this user or root, and nobody else may be able to change it. The checks are
// made on the open file, so that it cannot be swapped in between. A pipe is
// read, for as long as wait, only when the user named it (explicit): in the default
// place it could hang every command.
func readTrusted(ctx context.Context, path string, explicit bool, wait time.Duration) ([]byte, error) {
	wanted := files.Wanted{Max: MaxFile, Pipe: explicit, Wait: wait, Check: func(info fs.FileInfo) error { return files.Trusted(path, info) }}
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
