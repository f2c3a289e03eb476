//go:build unix

package files

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"
)

var errRefused = errors.New("refused")

func TestRead(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{"small": "abc", "full": strings.Repeat("x", 8), "large": strings.Repeat("x", 9), "empty": ""} {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(at("small"), at("link")); err != nil {
		t.Fatal(err)
	}
	// A sparse file costs nothing to make and would cost much to read.
	sparse, err := os.Create(at("sparse"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(sparse.Truncate(3<<30), sparse.Close(), syscall.Mkfifo(at("pipe"), 0o600)); err != nil {
		t.Fatal(err)
	}
	var large *TooLargeError
	tests := map[string]struct {
		file Wanted
		name string
		want string
		err  func(error) bool
	}{
		"a file":             {Wanted{Max: 8}, "small", "abc", nil},
		"an empty one":       {Wanted{Max: 8}, "empty", "", nil},
		"as large as may be": {Wanted{Max: 8}, "full", "xxxxxxxx", nil},
		"too large":          {Wanted{Max: 8}, "large", "", func(err error) bool { return errors.As(err, &large) }},
		"3 GiB":              {Wanted{Max: 8}, "sparse", "", func(err error) bool { return errors.As(err, &large) }},
		"a link":             {Wanted{Max: 8}, "link", "abc", nil},
		"a folder":           {Wanted{Max: 8, Pipe: true}, ".", "", func(err error) bool { return errors.Is(err, ErrKind) }},
		"a pipe unasked for": {Wanted{Max: 8}, "pipe", "", func(err error) bool { return errors.Is(err, ErrKind) }},
		"a device":           {Wanted{Max: 8}, "/dev/zero", "", func(err error) bool { return errors.Is(err, ErrKind) }},
		"an endless device":  {Wanted{Max: 8, Pipe: true}, "/dev/zero", "", func(err error) bool { return errors.As(err, &large) }},
		"no file":            {Wanted{Max: 8}, "absent", "", func(err error) bool { return errors.Is(err, fs.ErrNotExist) }},
		"refused": {
			Wanted{Max: 8, Check: func(fs.FileInfo) error { return errRefused }},
			"small", "",
			func(err error) bool { return errors.Is(err, errRefused) },
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := tt.name
			if !filepath.IsAbs(path) {
				path = at(path)
			}
			body, _, err := tt.file.Read(t.Context(), path)
			if string(body) != tt.want {
				t.Errorf("read %q, want %q", body, tt.want)
			}
			if tt.err == nil && err != nil || tt.err != nil && !tt.err(err) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// Nobody writes to the first pipe; the second has a writer that never ends.
func TestAPipeEndsWithTheContext(t *testing.T) {
	dir := t.TempDir()
	silent, open := filepath.Join(dir, "silent"), filepath.Join(dir, "open")
	if err := errors.Join(syscall.Mkfifo(silent, 0o600), syscall.Mkfifo(open, 0o600)); err != nil {
		t.Fatal(err)
	}
	writer, err := os.OpenFile(open, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = writer.Close() }()
	for _, path := range []string{silent, open} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		_, _, err := Wanted{Max: 8, Pipe: true}.Read(ctx, path)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
	}
}

// A file that is regular by its mode and has no size, as those of the kernel, may
// have nothing to say.
func TestARegularFileEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, _, err := Wanted{Max: 8}.Read(ctx, "/proc/kmsg")
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Skipf("nothing to wait for: %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("still waiting")
	}
}

func TestAPipeIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	go func() { _ = os.WriteFile(path, []byte("abc"), 0o600) }()
	body, info, err := Wanted{Max: 8, Pipe: true}.Read(t.Context(), path)
	if string(body) != "abc" || err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		t.Errorf("got %q, %v, %v", body, info, err)
	}
}

func TestAllIsBounded(t *testing.T) {
	body, err := All(t.Context(), strings.NewReader("12345678"), 8)
	if string(body) != "12345678" || err != nil {
		t.Errorf("got %q, %v", body, err)
	}
	var large *TooLargeError
	if _, err := All(t.Context(), strings.NewReader("123456789"), 8); !errors.As(err, &large) || err.Error() != "is larger than 8 bytes" {
		t.Errorf("got %v", err)
	}
}

// Of an endless device, and of a pipe that says nothing more, the beginning is had.
func TestTheBeginningWillDo(t *testing.T) {
	if body, _, err := (Wanted{Max: 8, Pipe: true, Cut: true}).Read(t.Context(), "/dev/zero"); len(body) != 8 || err != nil {
		t.Errorf("got %q, %v", body, err)
	}
	if body, err := First(t.Context(), strings.NewReader("123456789"), 8); string(body) != "12345678" || err != nil {
		t.Errorf("got %q, %v", body, err)
	}
	if body, err := First(t.Context(), iotest.ErrReader(errRefused), 8); len(body) > 0 || !errors.Is(err, errRefused) {
		t.Errorf("got %q, %v", body, err)
	}
	in, out := io.Pipe()
	defer func() { _ = out.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := First(ctx, in, 8); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestTooLargeSaysHowLarge(t *testing.T) {
	for limit, want := range map[int64]string{1: "is larger than 1 bytes", 512 << 10: "is larger than 512 KiB", 4 << 20: "is larger than 4 MiB", 1500: "is larger than 1500 bytes"} {
		if got := (&TooLargeError{limit}).Error(); got != want {
			t.Errorf("%d: %s", limit, got)
		}
	}
}
