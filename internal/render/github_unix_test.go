//go:build unix

package render

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"authctl/internal/fault"
)

// docs/threats.md 46.
func TestAPipeInPlaceOfGithubEnv(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	w, done := &countingWriter{}, make(chan error, 1)
	go func() { done <- Write(w, sample(), Options{Format: "github", GithubEnv: pipe}) }()
	select {
	case err := <-done:
		if fault.KindOf(err) != fault.Config || w.calls != 0 {
			t.Errorf("%v after %d writes", err, w.calls)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("still waiting for a reader")
	}
}
