//go:build e2e

package spring

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

//go:embed server
var sources embed.FS

// version is the pinned one of the server.
func version() string {
	pom, err := sources.ReadFile("server/pom.xml")
	if err != nil {
		panic(err)
	}
	return string(regexp.MustCompile(`<spring-authorization-server.version>(.*)<`).FindSubmatch(pom)[1])
}

// install builds the server by Maven into the user's cache, once, and returns the
// path of its jar. The folder's name is the hash of the sources, so that a change of one never
// meets the jar of another.
func install(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	sum, err := checksum()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "authctl-e2e", "spring-"+sum[:16])
	jar := filepath.Join(folder, "server.jar")
	if _, err := os.Stat(jar); err == nil {
		return jar, nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	fresh, err := os.MkdirTemp(folder, "building-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(fresh)
	if err := os.CopyFS(fresh, sources); err != nil {
		return "", err
	}
	mvn := exec.CommandContext(ctx, "mvn", "-q", "-B", "package")
	mvn.Dir = filepath.Join(fresh, "server")
	if out, err := mvn.CombinedOutput(); err != nil {
		return "", fmt.Errorf("mvn package: %w: %.500s", err, out)
	}
	return jar, os.Rename(filepath.Join(mvn.Dir, "target", "server.jar"), jar)
}

// checksum is the SHA-256 of every source and its name, in hex.
func checksum() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(sources, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := sources.ReadFile(path)
		fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)), err
}
