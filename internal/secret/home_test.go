package secret

import (
	"os"
	"testing"
)

func TestInHome(t *testing.T) {
	for path, want := range map[string]string{
		"~/a/b": "a/b", "~/": "", "~": "none", "": "none", "~a": "none", "a~/b": "none", "/~/a": "none",
		`~\a`: map[bool]string{true: "a", false: "none"}[os.PathSeparator == '\\'],
	} {
		rest, ok := InHome(path)
		if ok != (want != "none") || ok && rest != want {
			t.Errorf("%q: %q %v, want %q", path, rest, ok, want)
		}
	}
}
