package secretstore

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"testing"
)

func TestDarwinState(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs the programs of a Unix")
	}
	for code, want := range map[int]error{36: ErrLocked, 51: ErrLocked, 128: ErrLocked, 37: ErrNoKeyring, 53: ErrNoKeyring, 1: nil, 44: nil} {
		failure := exec.Command("/bin/sh", "-c", "exit "+strconv.Itoa(code)).Run()
		if got := darwinState(context.Background(), fmt.Errorf("wrapped: %w", failure)); !errors.Is(got, want) {
			t.Errorf("%d: %v", code, got)
		}
	}
	if got := darwinState(context.Background(), nil); got != nil {
		t.Errorf("a time-out: %v", got)
	}
}

func TestWindowsState(t *testing.T) {
	if got := windowsState(context.Background(), fmt.Errorf("wrapped: %w", syscall.Errno(1312))); !errors.Is(got, ErrNoKeyring) {
		t.Errorf("no logon session: %v", got)
	}
	if got := windowsState(context.Background(), syscall.Errno(5)); got != nil {
		t.Errorf("another error: %v", got)
	}
}
