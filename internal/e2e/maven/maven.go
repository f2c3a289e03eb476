//go:build e2e

package maven

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Server builds the project in the folder server of sources by Maven into the user's
// cache, once, and returns the path of its server.jar; what is built beside it stays there. The
// test skips where Java, Maven or the packages cannot be had.
func Server(ctx context.Context, t *testing.T, name string, sources fs.FS) (jar string) {
	t.Helper()
	for _, program := range []string{"java", "javac", "mvn"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("no server %s: %s is not on this machine", name, program)
		}
	}
	jar, err := build(ctx, name, sources)
	if err != nil {
		t.Skipf("no server %s: %v", name, err)
	}
	return jar
}

// build names its folder by the hash of the sources, so that a change of one never
// meets the jar of another.
func build(ctx context.Context, name string, sources fs.FS) (jar string, err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	sum, err := checksum(sources)
	if err != nil {
		return "", err
	}
	built := filepath.Join(cache, "authctl-e2e", name+"-"+sum[:16])
	jar = filepath.Join(built, "server.jar")
	if _, err := os.Stat(jar); err == nil {
		return jar, nil
	}
	if err := os.MkdirAll(built, 0o755); err != nil {
		return "", err
	}
	fresh, err := os.MkdirTemp(built, "building-")
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
	return jar, keep(filepath.Join(mvn.Dir, "target"), built)
}

// keep moves what the server needs; the jar last, by which the next call knows that all is there.
func keep(target, built string) error {
	for _, name := range []string{"lib", "server.jar"} {
		if err := os.Rename(filepath.Join(target, name), filepath.Join(built, name)); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	_, err := os.Stat(filepath.Join(built, "server.jar"))
	return err
}

// checksum is the SHA-256 of every source and its name, in hex.
func checksum(sources fs.FS) (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(sources, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(sources, path)
		fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)), err
}
