package files

import (
	"errors"
	"io/fs"
	"os"
	"testing"
)

func TestNameAnewReplacesNothing(t *testing.T) {
	from, to := t.TempDir()+"/new", t.TempDir()+"/there"
	for path, text := range map[string]string{from: "new", to: "old"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := nameAnew(from, to); !errors.Is(err, fs.ErrExist) {
		t.Errorf("%v", err)
	}
	if text, _ := os.ReadFile(to); string(text) != "old" {
		t.Errorf("replaced by %q", text)
	}
}

func TestWhole(t *testing.T) {
	path := t.TempDir() + "/a/b/file"
	for _, step := range []struct {
		text    string
		mode    fs.FileMode
		replace bool
		want    error
		is      string
	}{
		{"one", Own, false, nil, "one"},
		{"two", Own, false, fs.ErrExist, "one"},
		{"three", 0o644, true, nil, "three"},
	} {
		if err := Whole(path, []byte(step.text), step.mode, step.replace); !errors.Is(err, step.want) {
			t.Errorf("%s: %v", step.text, err)
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != step.is {
			t.Errorf("%s: %q, %v", step.text, text, err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if left, err := os.ReadDir(path[:len(path)-len("/file")]); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
}
