package files

import (
	"path/filepath"
	"runtime"
	"testing"
)

func TestFolders(t *testing.T) {
	for _, c := range []struct {
		goos string
		env  map[string]string
		want [3]string // configuration, state, cache
	}{
		{"linux", map[string]string{"HOME": "/h"}, [3]string{"/h/.config/authctl", "/h/.local/state/authctl", "/h/.cache/authctl"}},
		{"linux", map[string]string{"HOME": "/h", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s", "XDG_CACHE_HOME": "/k"}, [3]string{"/c/authctl", "/s/authctl", "/k/authctl"}},
		{"linux", map[string]string{"HOME": "/h", "XDG_CONFIG_HOME": "c", "XDG_STATE_HOME": "./s", "XDG_CACHE_HOME": ""}, [3]string{"/h/.config/authctl", "/h/.local/state/authctl", "/h/.cache/authctl"}},
		{"linux", map[string]string{"HOME": "h"}, [3]string{}},
		{"linux", nil, [3]string{}},
		{"darwin", map[string]string{"HOME": "/h"}, [3]string{"/h/Library/Application Support/authctl", "/h/Library/Application Support/authctl", "/h/Library/Caches/authctl"}},
		{"windows", map[string]string{"AppData": "/a", "LocalAppData": "/l", "HOME": "/h"}, [3]string{"/a/authctl", "/l/authctl", "/l/authctl"}},
		{"windows", map[string]string{"HOME": "/h"}, [3]string{}},
	} {
		if (c.goos == "windows") != (runtime.GOOS == "windows") {
			continue // another's paths
		}
		for i := range c.want {
			c.want[i] = filepath.FromSlash(c.want[i])
		}
		get := func(name string) string { return c.env[name] }
		got := [3]string{ConfigDir(c.goos, get), StateDir(c.goos, get), CacheDir(c.goos, get)}
		if got != c.want {
			t.Errorf("%s %v:\n%q, want\n%q", c.goos, c.env, got, c.want)
		}
	}
}
