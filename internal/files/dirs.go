package files

import (
	"path/filepath"
)

// Folders follow the XDG Base Directory Specification; elsewhere the
// platform's own places. A relative XDG value is invalid and ignored, as the
// specification asks: the current folder must not choose where secrets go.

// ConfigDir is authctl's folder of configuration, "" when nothing says where.
func ConfigDir(goos string, get func(string) string) string {
	return dirFor(goos, get, "XDG_CONFIG_HOME", ".config", "Library/Application Support", "AppData")
}

// StateDir is authctl's folder of state, "" when nothing says where.
func StateDir(goos string, get func(string) string) string {
	return dirFor(goos, get, "XDG_STATE_HOME", ".local/state", "Library/Application Support", "LocalAppData")
}

// CacheDir is authctl's folder of cache, "" when nothing says where.
func CacheDir(goos string, get func(string) string) string {
	return dirFor(goos, get, "XDG_CACHE_HOME", ".cache", "Library/Caches", "LocalAppData")
}

// dirFor is authctl's folder of one kind on the platform, "" when nothing says where.
func dirFor(goos string, get func(string) string, xdg, unix, darwin, windows string) string {
	if base := get(xdg); filepath.IsAbs(base) {
		return filepath.Join(base, "authctl")
	}
	if goos == "windows" {
		if base := get(windows); base != "" {
			return filepath.Join(base, "authctl")
		}
		return ""
	}
	home := get("HOME")
	if !filepath.IsAbs(home) {
		return ""
	}
	if goos == "darwin" {
		return filepath.Join(home, filepath.FromSlash(darwin), "authctl")
	}
	return filepath.Join(home, filepath.FromSlash(unix), "authctl")
}
