//go:build e2e

package keycloak

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The distribution as Maven Central has it.
const (
	distVersion  = "26.4.7"
	distArtifact = "org.keycloak:keycloak-quarkus-dist:" + distVersion + ":zip"
	distSHA256   = "dd9834c023460be856f731423d86228c23b5d002194a2064642bec0cc6573eaa"
)

// errCannotHave: this machine does not get the distribution, which is no fault.
var errCannotHave = errors.New("it cannot be fetched")

// fetch returns the path of the distribution's zip in the user's cache,
// downloading it there by Maven the first time. A zip that is not the pinned one is
// an error; not getting any is errCannotHave.
func fetch(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "authctl-e2e")
	file := filepath.Join(folder, "keycloak-quarkus-dist-"+distVersion+".zip")
	if checksum(file) == nil {
		return file, nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	mvn := exec.CommandContext(ctx, "mvn", "-q", "-B",
		"org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy",
		"-Dartifact="+distArtifact, "-DoutputDirectory="+folder, "-Dmdep.overWriteReleases=true")
	mvn.Dir = folder // no pom.xml of ours takes part
	if out, err := mvn.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: mvn, %s: %w: %.300s", errCannotHave, distArtifact, err, out)
	}
	return file, checksum(file)
}

func checksum(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != distSHA256 {
		return fmt.Errorf("%s has SHA-256 %s, want %s", file, got, distSHA256)
	}
	return nil
}

// unpack writes the distribution below folder and returns its root. Each run
// has its own: Keycloak writes into its home.
func unpack(file, folder string) (string, error) {
	archive, err := zip.OpenReader(file)
	if err != nil {
		return "", err
	}
	defer archive.Close()
	for _, entry := range archive.File {
		if strings.HasSuffix(entry.Name, "/") {
			continue
		}
		if !filepath.IsLocal(entry.Name) {
			return "", fmt.Errorf("%s: entry %q leaves the folder", file, entry.Name)
		}
		if err := extract(entry, filepath.Join(folder, entry.Name)); err != nil {
			return "", err
		}
	}
	return filepath.Join(folder, "keycloak-"+distVersion), nil
}

func extract(entry *zip.File, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	in, err := entry.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, entry.Mode().Perm()|0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Close()
}
