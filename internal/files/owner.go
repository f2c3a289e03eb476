package files

import (
	"fmt"
	"os"
)

// OwnerError is a file or folder of another user.
type OwnerError struct {
	Path string
	UID  int
}

func (e *OwnerError) Error() string {
	return fmt.Sprintf("%s belongs to another user (uid %d)", e.Path, e.UID)
}

// MakeFolder makes the folder at path, and what is missing above it, for this
// user alone. Root makes nothing in another user's folder (*OwnerError): with
// somebody's HOME, as under sudo -E, it would leave files there that their owner
// can neither read nor replace.
func MakeFolder(path string) error {
	if err := rootAsGuest(path); err != nil {
		return err
	}
	return os.MkdirAll(path, 0o700)
}
