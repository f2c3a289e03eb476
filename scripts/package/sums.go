package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"aead.dev/minisign"
)

const sumsName = "SHA256SUMS"

// sums lists every file of out as `sha256sum -c` reads it.
func sums(_ *release, out string) error {
	entries, err := os.ReadDir(out) // sorted by name
	if err != nil {
		return err
	}
	var list bytes.Buffer
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		sum, err := sumOf(filepath.Join(out, e.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&list, "%s  %s\n", sum, e.Name())
	}
	return os.WriteFile(filepath.Join(out, sumsName), list.Bytes(), 0o644)
}

func sumOf(path string) (string, error) {
	data, err := os.ReadFile(path)
	return fmt.Sprintf("%x", sha256.Sum256(data)), err
}

// sign writes FILE.minisig where MINISIGN_KEY names a key's file. The password is read from the
// file that MINISIGN_PASSWORD_FILE names; a key without one is the empty password.
func sign(r *release, path string) error {
	keyFile := os.Getenv("MINISIGN_KEY")
	if keyFile == "" {
		fmt.Fprintln(os.Stderr, "not signed: MINISIGN_KEY names no key")
		return nil
	}
	key, err := readKey(keyFile)
	if err != nil {
		return fmt.Errorf("MINISIGN_KEY: %w", err)
	}
	list, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	trusted := fmt.Sprintf("timestamp:%d\tfile:%s\t%s %s", r.date.Unix(), filepath.Base(path), name, r.version)
	signature := minisign.SignWithComments(key, list, trusted, name+" "+r.version)
	return os.WriteFile(path+".minisig", signature, 0o644)
}

func readKey(path string) (key minisign.PrivateKey, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return key, err
	}
	if !minisign.IsEncrypted(text) {
		err = key.UnmarshalText(text)
		return key, err
	}
	var password []byte
	if file := os.Getenv("MINISIGN_PASSWORD_FILE"); file != "" {
		if password, err = os.ReadFile(file); err != nil {
			return key, err
		}
	}
	return minisign.DecryptKey(strings.TrimRight(string(password), "\r\n"), text)
}
