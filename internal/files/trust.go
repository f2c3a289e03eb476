package files

import (
	"io/fs"
	"os"
	"path/filepath"
)

// TrustError says why a file is refused and what mends it.
type TrustError struct{ Text, Hint string }

func (e *TrustError) Error() string { return e.Text }

// Trusted is a Wanted.Check for a file that decides where secrets go: a
// *TrustError when another user than root owns it, or could write or replace it.
func Trusted(path string, info fs.FileInfo) error {
	if err := trustedOwner(path, info); err != nil {
		return err
	}
	folder, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return err
	}
	return trustedFolder(filepath.Dir(path), folder)
}
