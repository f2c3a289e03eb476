package render

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authctl/internal/fault"
)

type countingWriter struct {
	calls int
	short bool
	err   error
}

func (w *countingWriter) Write(p []byte) (int, error) {
	w.calls++
	if w.short {
		return len(p) - 1, w.err
	}
	return len(p), w.err
}

// docs/threats.md 30.
func TestOneWriteWhoseFailureIsSeen(t *testing.T) {
	for _, f := range FormatNames() {
		env := filepath.Join(t.TempDir(), "env")
		o := Options{Format: f, GithubEnv: githubOnly(f, env)}
		ok, short, broken := &countingWriter{}, &countingWriter{short: true}, &countingWriter{err: io.ErrClosedPipe}
		if err := Write(ok, sample(), o); err != nil || ok.calls != 1 {
			t.Errorf("%s: %v after %d writes", f, err, ok.calls)
		}
		_ = os.Remove(env)
		if err := Write(short, sample(), o); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("%s: %v", f, err)
		}
		if err := Write(broken, sample(), o); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: %v", f, err)
		}
		if b, _ := os.ReadFile(env); len(b) > 0 {
			t.Errorf("%s: GITHUB_ENV was written without masks", f)
		}
	}
}

func TestNoMasksWithoutTheFileTheyAreFor(t *testing.T) {
	w := &countingWriter{}
	if err := Write(w, sample(), Options{Format: "github", GithubEnv: t.TempDir()}); fault.KindOf(err) != fault.Config || w.calls != 0 {
		t.Errorf("%v after %d writes", err, w.calls)
	}
}

// What the profile says is not at fault: kubectl knows one scheme.
func TestKubeNamesKubectl(t *testing.T) {
	r := sample()
	r.Set.TokenType, r.Scheme = "DPoP", "DPoP"
	err := Write(io.Discard, r, Options{Format: "kube"})
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "kubectl") || strings.Contains(err.Error(), "api.scheme") {
		t.Error(err)
	}
}

func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	defer full.Close()
	if err := Write(full, sample(), Options{}); err == nil {
		t.Error("a full disk went unnoticed")
	}
	if err := Write(io.Discard, sample(), Options{Format: "github", GithubEnv: "/dev/full"}); err == nil {
		t.Error("a full disk under GITHUB_ENV went unnoticed")
	}
}
