package secretstore

import (
	"context"
	"errors"
	"os/exec"
	"syscall"
)

// darwinState reads the exit status of security(1), the low byte of an
// OSStatus: -25308 errSecInteractionNotAllowed, -25293 errSecAuthFailed, -128
// the user cancelled; -25294, -25307, -25291: no such, no default, no keychain.
func darwinState(_ context.Context, failure error) error {
	var exit *exec.ExitError
	if !errors.As(failure, &exit) {
		return nil
	}
	switch exit.ExitCode() {
	case 36, 51, 128:
		return ErrLocked
	case 37, 50, 53:
		return ErrNoKeyring
	}
	return nil
}

// windowsState: 1312 is ERROR_NO_SUCH_LOGON_SESSION, the answer of the
// Credential Manager to a service or a network logon.
func windowsState(_ context.Context, failure error) error {
	var code syscall.Errno
	if errors.As(failure, &code) && code == 1312 {
		return ErrNoKeyring
	}
	return nil
}
