//go:build unix

package config_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"authctl/internal/config"
)

func TestFilesOthersCanWriteAreRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		mode fs.FileMode
		text string
	}{
		{"profiles.yaml", 0o620, "others can write it (mode 0620)"},
		{"profiles.yaml", 0o602, "others can write it (mode 0602)"},
		{"profiles.d/b.yaml", 0o666, "others can write it (mode 0666)"},
		{".", fs.ModeDir | 0o777, "its folder is world-writable"},
		{"profiles.d", fs.ModeDir | 0o757, "its folder is world-writable"},
	} {
		dir, _ := home(t, map[string]string{"profiles.yaml": oneProfile, "profiles.d/b.yaml": "preset: helseid\nclient: {id: c}\n"})
		if err := os.Chmod(filepath.Join(dir, c.name), c.mode.Perm()); err != nil {
			t.Fatal(err)
		}
		s := resolve(t, config.Flags{}, map[string]string{"XDG_CONFIG_HOME": filepath.Dir(dir)})
		name := "a"
		if strings.HasPrefix(c.name, "profiles.d") {
			name = "b"
		}
		_, err := config.LoadProfile(s, name)
		wantConfigFault(t, err, "refused, ", c.text, "chmod ")
		_, err = config.LoadAll(s)
		wantConfigFault(t, err, c.text)
	}
}

func TestReadableByAllIsFine(t *testing.T) {
	dir, s := home(t, map[string]string{"profiles.yaml": oneProfile})
	if err := os.Chmod(filepath.Join(dir, "profiles.yaml"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := config.LoadProfile(s, "a"); err != nil {
		t.Error(err)
	}
}

func TestAForeignOwnerIsRefused(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file away")
	}
	dir, _ := home(t, map[string]string{"profiles.yaml": oneProfile})
	if err := os.Chown(filepath.Join(dir, "profiles.yaml"), 12345, -1); err != nil {
		t.Fatal(err)
	}
	s := resolve(t, config.Flags{}, map[string]string{"XDG_CONFIG_HOME": filepath.Dir(dir)})
	_, err := config.LoadProfile(s, "a")
	wantConfigFault(t, err, "belongs to another user (uid 12345)")
}

func TestAPipeInTheDefaultPlaceDoesNotHang(t *testing.T) {
	dir, _ := home(t, map[string]string{"x": ""})
	if err := syscall.Mkfifo(filepath.Join(dir, "profiles.yaml"), 0o600); err != nil {
		t.Skip(err)
	}
	done := make(chan error, 1)
	go func() {
		s, err := config.Resolve(t.Context(), config.Flags{}, lookup(map[string]string{"XDG_CONFIG_HOME": filepath.Dir(dir)}))
		if err == nil {
			_, err = config.LoadProfile(s, "a")
		}
		done <- err
	}()
	select {
	case err := <-done:
		wantConfigFault(t, err, "is not a regular file")
	case <-time.After(10 * time.Second):
		t.Error("reading hangs")
	}
}
