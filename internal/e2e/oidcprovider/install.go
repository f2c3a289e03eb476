//go:build e2e

package oidcprovider

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed package.json package-lock.json server.mjs
var files embed.FS

// install lays out the server and its packages in the user's cache, outside the
// tree (Go would walk node_modules), and returns the folder. The folder's name is
// the hash of what is in it, so that a change of one never meets the other's.
func install(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	contents := map[string][]byte{}
	for _, name := range []string{"package.json", "package-lock.json", "server.mjs"} {
		b, err := files.ReadFile(name)
		if err != nil {
			return "", err
		}
		contents[name] = b
		sum.Write(b)
	}
	folder := filepath.Join(cache, "authctl-e2e", "oidc-provider-"+hex.EncodeToString(sum.Sum(nil))[:16])
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return "", err
	}
	fresh, err := os.MkdirTemp(filepath.Dir(folder), "installing-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(fresh)
	for name, b := range contents {
		if err := os.WriteFile(filepath.Join(fresh, name), b, 0o644); err != nil {
			return "", err
		}
	}
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = fresh
	if out, err := npm.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm ci: %w: %.500s", err, out)
	}
	// Another test may have been quicker; its folder is as good.
	if err := os.Rename(fresh, folder); err != nil {
		if _, gone := os.Stat(folder); gone != nil {
			return "", err
		}
	}
	return folder, nil
}
