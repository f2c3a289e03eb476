//go:build unix

package curl

import (
	"context"
	"errors"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// docs/threats.md 46: curl itself would wait for a reader for ever.
func TestAPipeForHeadsEndsWithTheContextAndTheWait(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	r := &runner{}
	ctx, interrupt := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, interrupt)
	if _, err := r.dump(ctx, pipe); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	r.Wait = 50 * time.Millisecond
	if _, err := r.dump(t.Context(), pipe); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("in time: %v", err)
	}
}
