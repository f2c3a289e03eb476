package metadata

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"time"

	"authctl/internal/files"
)

// maxAge is how long a document is used without asking again. Endpoints move
// rarely; an unknown kid refetches the JWKS anyway.
const maxAge = time.Hour

// maxKept is the largest document that is kept, as of an answer.
const maxKept = 1 << 20

// Disk is a Cache in a folder of the user. Documents are public, but who
// could write them could choose endpoints: files are 0600, folders 0700, and
// what another user could have put there is not read.
type Disk struct {
	Dir string
	// Trust stands for the contents of everything that decided to believe the
	// server: a document is read back under the same trust only.
	Trust string
	Now   func() time.Time
}

// Load gives a document that is at most an hour old.
func (d Disk) Load(url string) ([]byte, bool) {
	path := d.path(url)
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || !oursAlone(info) || !d.trusted() {
		return nil, false
	}
	// A file from the future is no better than an old one; file systems round.
	if age := d.Now().Sub(info.ModTime()); age < -time.Minute || age > maxAge {
		return nil, false
	}
	body, _, err := files.Wanted{Max: maxKept}.Read(context.Background(), path) // a regular file: nothing to wait for
	return body, err == nil && len(body) > 0
}

// Save replaces the document atomically; failing only means asking again.
func (d Disk) Save(url string, body []byte) {
	if files.MakeFolder(d.Dir) != nil || !d.trusted() {
		return
	}
	temp, err := os.CreateTemp(d.Dir, ".new-*")
	if err != nil {
		return
	}
	_, err = temp.Write(body)
	if closed := temp.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temp.Name(), d.path(url))
	}
	if err != nil {
		_ = os.Remove(temp.Name())
	}
}

// trusted is false for a folder in which someone else can replace files.
func (d Disk) trusted() bool {
	info, err := os.Lstat(d.Dir)
	return err == nil && info.IsDir() && oursAlone(info)
}

func (d Disk) path(url string) string {
	sum := sha256.Sum256([]byte(d.Trust + "\x00" + url)) // no URL holds a NUL
	return filepath.Join(d.Dir, hex.EncodeToString(sum[:])+".json")
}
