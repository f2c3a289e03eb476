package secret

import "os"

// InHome cuts the ~ and the separator with which a path begins that is in the home
// folder: ~/ everywhere, and ~\ on Windows.
func InHome(path string) (rest string, ok bool) {
	if len(path) < 2 || path[0] != '~' || !os.IsPathSeparator(path[1]) {
		return "", false
	}
	return path[2:], true
}
