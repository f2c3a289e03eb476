package store

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/files"
)

// FileKey is the sealing key of the kind file.
//
// It comes from a file that the administrator provided, and is then never
// written; else from a file beside the records, which is obfuscation and no
// protection from whoever reads the user's files (docs/store.md).
type FileKey struct {
	given string // the administrator's; "" for none
	from  string // what named it, for messages
	own   folder
}

const (
	ownKeyName = "store-key"
	maxKeyFile = 4 << 10 // bytes
)

// NewFileKey looks for a given key: AUTHCTL_STORE_KEY_FILE, else
// authctl-store-key in systemd's CREDENTIALS_DIRECTORY. dir is authctl's state folder.
func NewFileKey(dir string, env func(string) (string, bool)) FileKey {
	k := FileKey{own: folder{dir}}
	if path, ok := env("AUTHCTL_STORE_KEY_FILE"); ok && path != "" {
		k.given, k.from = path, "AUTHCTL_STORE_KEY_FILE"
		return k
	}
	if creds, ok := env("CREDENTIALS_DIRECTORY"); ok && creds != "" {
		path := filepath.Join(creds, "authctl-store-key")
		if _, err := os.Stat(path); err == nil {
			k.given, k.from = path, "CREDENTIALS_DIRECTORY"
		}
	}
	return k
}

// Load reads the key: 32 bytes, or their base64.
func (k FileKey) Load(ctx context.Context) ([]byte, error) {
	if k.given != "" {
		return k.loadGiven(ctx)
	}
	b, err := k.own.read(ownKeyName, maxKeyFile)
	switch {
	case missing(err):
		return nil, errNoKey
	case err != nil:
		return nil, fault.New(fault.Store, "the key of the token store %s could not be read: %w", k.ownPath(), err).
			Hint("chmod 600 %s", k.ownPath())
	}
	return ParseKey(b, k.ownPath(), "restore it, or remove it: what is kept becomes unreadable and a new key is made")
}

// loadGiven follows links, which container platforms use, but not to a file others can read.
func (k FileKey) loadGiven(ctx context.Context) ([]byte, error) {
	b, _, err := files.Wanted{Max: maxKeyFile, Check: given}.Read(ctx, k.given)
	if err != nil {
		return nil, fault.New(fault.Store, "the key of the token store (%s) cannot be used: %w", k.from, err).
			Hint("%s", k.howToMake())
	}
	return ParseKey(b, k.given, k.howToMake())
}

// Save writes the key beside the records.
func (k FileKey) Save(_ context.Context, key []byte) error {
	if k.given != "" {
		return fault.New(fault.Store, "the key of the token store is given by %s and is not written", k.from)
	}
	return k.own.write(ownKeyName, []byte(base64.StdEncoding.EncodeToString(key)+"\n"))
}

// IsAbsent reports whether err means that the key was never made.
func (k FileKey) IsAbsent(err error) bool { return errors.Is(err, errNoKey) }

// Readers says who can open what it seals.
func (k FileKey) Readers() string {
	if k.given != "" {
		return "who can read it and its key, " + k.given + " (" + k.from + "), can open it"
	}
	return "its key lies beside it, so whoever can read your files can open it"
}

func (k FileKey) ownPath() string { return filepath.Join(k.own.path, ownKeyName) }

var errNoKey = errors.New("the token store has no key yet")

func (k FileKey) howToMake() string {
	return "make one with: (umask 077; head -c 32 /dev/urandom | base64 > " + k.given + ")"
}

// ParseKey reads what stands at place, such as a key file; hint says how to fix it.
func ParseKey(b []byte, place, hint string) ([]byte, error) {
	if len(b) == KeySize {
		return b, nil
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(b)))
	if err != nil || len(key) != KeySize {
		return nil, fault.New(fault.Store, "the key of the token store %s is not %d bytes or their base64", place, KeySize).
			Hint("%s", hint)
	}
	return key, nil
}
