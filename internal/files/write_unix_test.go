//go:build unix

package files

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestAppend(t *testing.T) {
	dir := t.TempDir()
	pipe, file := filepath.Join(dir, "pipe"), filepath.Join(dir, "file")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Append(pipe); !errors.Is(err, ErrKind) {
		t.Errorf("a pipe: %v", err)
	}
	for range 2 {
		f, err := Append(file)
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.WriteString("a")
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(file)
	if err != nil || info.Size() != 2 || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if f, err := Append("/dev/null"); err != nil || f.Close() != nil {
		t.Errorf("a device: %v", err)
	}
}

func TestCreateWaitsForAReaderUntilTheContextEnds(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Create(ctx, pipe); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
