//go:build unix

package metadata

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// docs/threats.md 24: a document that another user could have written is
// fetched anew, because it names the endpoints that secrets are sent to.
func TestACacheOfOthersIsNotRead(t *testing.T) {
	for name, change := range map[string]func(dir, file string) error{
		"nothing changed":             func(_, _ string) error { return nil },
		"a file others can write":     func(_, file string) error { return os.Chmod(file, 0o666) },
		"a folder others can write":   func(dir, _ string) error { return os.Chmod(dir, 0o777) },
		"a file of another user":      func(_, file string) error { return os.Chown(file, 12345, -1) },
		"a folder of another user":    func(dir, _ string) error { return os.Chown(dir, 12345, -1) },
		"a symbolic link":             func(_, file string) error { return relink(file) },
		"a folder by a link":          func(dir, _ string) error { return relink(dir) },
		"a folder in place of a file": func(_, file string) error { return errors.Join(os.Remove(file), os.Mkdir(file, 0o700)) },
	} {
		t.Run(name, func(t *testing.T) {
			disk := Disk{Dir: filepath.Join(t.TempDir(), "metadata"), Now: time.Now}
			disk.Save(wellKnownURL, []byte(document(nil)))
			if err := change(disk.Dir, disk.path(wellKnownURL)); errors.Is(err, os.ErrPermission) {
				t.Skip("only root can give a file away")
			} else if err != nil {
				t.Fatal(err)
			}
			if _, ok := disk.Load(wellKnownURL); ok != (name == "nothing changed") {
				t.Errorf("read: %v", ok)
			}
		})
	}
}

// relink moves path away and puts a link to it in its place.
func relink(path string) error {
	return errors.Join(os.Rename(path, path+"x"), os.Symlink(path+"x", path))
}
