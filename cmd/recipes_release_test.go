package cmd_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// release takes authctl off the runner, and puts it where a recipe fetches it: an
// archive as scripts/package names it, and its line of SHA256SUMS in ci.
func (k *kitchen) release() {
	k.t.Helper()
	own, err := exec.LookPath("authctl")
	if err != nil {
		k.t.Fatal(err)
	}
	k.env["PATH"] = strings.Join(slices.DeleteFunc(filepath.SplitList(k.env["PATH"]), func(folder string) bool {
		_, err := os.Stat(filepath.Join(folder, "authctl"))
		return err == nil
	}), string(os.PathListSeparator))
	const name = "authctl_1.2.3_linux_amd64"
	program := "#!/bin/sh\nexec '" + own + "' \"$@\"\n"
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	archive := tar.NewWriter(zip)
	_ = archive.WriteHeader(&tar.Header{Name: name + "/authctl", Mode: 0o755, Size: int64(len(program))})
	_, _ = archive.Write([]byte(program))
	if err := archive.Close(); err != nil || zip.Close() != nil {
		k.t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/"+name+".tar.gz" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write(packed.Bytes())
	}))
	k.t.Cleanup(server.Close)
	k.swaps = append(k.swaps, "https://downloads.example.org", server.URL)
	if err := os.MkdirAll(filepath.Join(k.dir, "ci"), 0o700); err != nil {
		k.t.Fatal(err)
	}
	k.file("ci/authctl.sha256", fmt.Sprintf("%x  %s.tar.gz\n", sha256.Sum256(packed.Bytes()), name))
}

// prepend puts folders before the others of PATH, as the steps of a job ask for it.
func (k *kitchen) prepend(folders string) {
	for folder := range strings.Lines(folders) {
		if folder = strings.TrimSpace(folder); !strings.Contains(k.env["PATH"], folder) {
			k.env["PATH"] = folder + string(os.PathListSeparator) + k.env["PATH"]
		}
	}
}
