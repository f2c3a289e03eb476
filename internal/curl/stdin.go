package curl

import (
	"os"
	"strings"
)

// readsStdin says whether an option makes curl read stdin: a body from a
// terminal or a pipe is there once.
func readsStdin(options []arg) bool {
	for _, a := range options {
		if isStdin(fileOf(a)) {
			return true
		}
	}
	return false
}

func isStdin(path string) bool {
	return path == "-" || path == "/dev/stdin" || path == "/dev/fd/0" || path == "/proc/self/fd/0"
}

// isPipe is true for what can be read once: stdin, a pipe, a descriptor (which
// some systems do not open anew).
func isPipe(path string) bool {
	if _, is := descriptorOf(path); is || isStdin(path) {
		return true
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode()&(os.ModeNamedPipe|os.ModeSocket) != 0
}

// fileOf is the file that curl reads for the option, "" for none.
func fileOf(a arg) string {
	switch a.name {
	case "data", "data-ascii", "data-binary", "json", "write-out":
		if rest, ok := strings.CutPrefix(a.value, "@"); ok {
			return rest
		}
	case "data-urlencode", "url-query": // [name]@file
		if i := strings.IndexAny(a.value, "@="); i >= 0 && a.value[i] == '@' {
			return a.value[i+1:]
		}
	case "form": // name=@file;type=... or name=<file
		_, value, _ := strings.Cut(a.value, "=")
		if value != "" && (value[0] == '@' || value[0] == '<') {
			file, _, _ := strings.Cut(value[1:], ";")
			return strings.Trim(file, `"`)
		}
	case "upload-file", "netrc-file":
		return a.value
	case "cookie":
		if !strings.Contains(a.value, "=") {
			return a.value
		}
	}
	return ""
}

// repeatable is false when a second run would not do what the first did: a
// body that can be read once, or a file that curl would not write over.
func repeatable(options []arg) bool {
	for _, a := range options {
		switch a.name {
		case "continue-at", "no-clobber", "skip-existing", "remote-header-name":
			return false
		}
		path := fileOf(a)
		if path == "" || isStdin(path) { // which is thought of elsewhere
			continue
		}
		if info, err := os.Stat(path); isPipe(path) || err == nil && !info.Mode().IsRegular() {
			return false
		}
	}
	return true
}

// overwritable is false for an output that would get a second answer after the
// first, not instead of it: a pipe, a terminal.
func overwritable(path string) bool {
	if path == "" || path == "/dev/null" {
		return true
	}
	if _, is := descriptorOf(path); is {
		return false
	}
	info, err := os.Stat(path)
	return err != nil || info.Mode().IsRegular()
}
