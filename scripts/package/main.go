// Command package builds authctl for every platform and writes what people install into a folder:
// archives, Linux packages, an image, manifests, notices, an SBOM, checksums and their signature.
//
//	scripts/package.sh [PLATFORM...]
//
// The same commit gives the same bytes: each file carries the commit's date, the lists are sorted.
// It is a Go module of its own, so that go.mod of authctl holds only what the program links.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// platforms are what is released, as GOOS/GOARCH.
var platforms = []string{
	"darwin/amd64", "darwin/arm64", "linux/amd64", "linux/arm64", "windows/amd64", "windows/arm64",
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: package ROOT OUT [PLATFORM...]")
		os.Exit(2)
	}
	wanted := os.Args[3:]
	if len(wanted) == 0 {
		wanted = platforms
	}
	if err := pack(os.Args[1], os.Args[2], wanted); err != nil {
		fmt.Fprintln(os.Stderr, "package:", err)
		os.Exit(1)
	}
}

// pack writes everything for the platforms into out, which it makes anew.
func pack(root, out string, wanted []string) error {
	work, err := os.MkdirTemp("", "authctl-package-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	rel, err := build(root, work, wanted)
	if err != nil {
		return err
	}
	if rel.modified {
		fmt.Fprintln(os.Stderr, "the tree differs from its commit: what is made here is not for publishing")
	}
	rel.notices, err = notices(root, rel)
	if err != nil {
		return err
	}
	steps := []func(*release, string) error{archives, linuxPackages, image, sbom, manifests, noticesFile, sums}
	for _, step := range steps {
		if err := step(rel, out); err != nil {
			return err
		}
	}
	return sign(rel, filepath.Join(out, sumsName))
}
