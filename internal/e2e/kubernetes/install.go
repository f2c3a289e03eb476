//go:build e2e

package kubernetes

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// errNotBuilt is for a machine that has half an hour.
var errNotBuilt = errors.New("kube-apiserver is not built: AUTHCTL_E2E_BUILD_KUBERNETES=1 does that once, which takes two cores 10 to 25 minutes")

// install gives the folder of kube-apiserver and etcd in the user's cache, under
// the hash of what pins them.
func install(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "authctl").Output()
	if err != nil {
		return "", err
	}
	module := filepath.Join(strings.TrimSpace(string(root)), "internal", "e2e", "kubernetes", "apiserver")
	pins, err := os.ReadFile(filepath.Join(module, "go.sum"))
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(pins)
	folder := filepath.Join(cache, "authctl-e2e", "kubernetes-"+hex.EncodeToString(sum[:])[:16])
	for name, pkg := range map[string]string{"etcd": "./etcd", "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver"} {
		program := filepath.Join(folder, name)
		if _, err := os.Stat(program); err == nil {
			continue
		}
		if os.Getenv("AUTHCTL_E2E_BUILD_KUBERNETES") == "" {
			return "", errNotBuilt
		}
		build := exec.CommandContext(ctx, "go", "build", "-o", program, pkg)
		build.Dir, build.Env = module, append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			return "", fmt.Errorf("go build %s: %w: %.500s", pkg, err, out)
		}
	}
	return folder, nil
}
