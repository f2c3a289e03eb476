//go:build !(linux || netbsd || openbsd || (freebsd && cgo) || (dragonfly && cgo))

package secretstore

import "runtime"

// Values over these sizes are refused by the platform: 2,560 bytes in
// CRED_MAX_CREDENTIAL_BLOB_SIZE on Windows; on macOS the item goes through a
// 4,096 byte command line of security(1) as base64, which leaves about 2,900.
const (
	maxWindows = 2560
	maxDarwin  = 2800
)

func thisPlatform(func(string) (string, bool)) platform {
	switch runtime.GOOS {
	case "windows":
		return platform{maxItem: maxWindows, diagnose: windowsState}
	case "darwin":
		return platform{maxItem: maxDarwin, diagnose: darwinState, dialogs: true} // security(1) waits for Keychain's dialogs
	default:
		return platform{}
	}
}
