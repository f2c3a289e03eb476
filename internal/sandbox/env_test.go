package sandbox

import (
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Each kind of shell gets every variable, in words of its own.
func TestEnvFiles(t *testing.T) {
	s, err := Start(t.Context(), Options{Now: time.Now, Rand: rand.Reader, Log: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	for _, windows := range []bool{false, true} {
		use, err := s.WriteEnvFiles(windows)
		if err != nil {
			t.Fatal(err)
		}
		shells := map[string][2]string{"env.sh": {"export %='", "'"}}
		if windows {
			shells["env.cmd"], shells["env.ps1"] = [2]string{`@set "%=`, `"`}, [2]string{"$env:% = '", "'"}
		}
		if strings.Count(use, "\n") != len(shells) {
			t.Errorf("windows %v: %s", windows, use)
		}
		for name, quotes := range shells {
			path := filepath.Join(s.dir, name)
			raw, err := os.ReadFile(path)
			if err != nil || !strings.Contains(use, path) {
				t.Errorf("%v, %s is not in %s", err, path, use)
			}
			for variable, value := range s.Env() {
				if name == "env.cmd" {
					value = strings.ReplaceAll(value, "%", "%%")
				}
				line := strings.Replace(quotes[0], "%", variable, 1) + value + quotes[1]
				if !strings.Contains(string(raw), line+"\n") && !strings.Contains(string(raw), line+"\r\n") || strings.ContainsAny(value, "'\"\n") {
					t.Errorf("%s lacks %s", name, line)
				}
			}
		}
	}
}
