package curl

import (
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"authctl/internal/fault"
)

// firstExtra is the first descriptor beyond stdin, stdout and stderr.
const firstExtra = 3

// places are the descriptors that authctl hands to curl beside the user's own.
type places struct {
	open          []int // the user's, which curl inherits
	config, heads int   // ours
}

// findPlaces takes the first two numbers that the user has not open and that
// the options do not name: what is read from there must not be a secret.
func findPlaces(open []int, all []transfer) places {
	taken := slices.Clone(open)
	for _, t := range all {
		for _, path := range t.paths() {
			if n, ok := descriptorOf(path); ok {
				taken = append(taken, n)
			}
		}
	}
	p := places{open: open, config: firstExtra}
	for slices.Contains(taken, p.config) {
		p.config++
	}
	p.heads = p.config + 1
	for slices.Contains(taken, p.heads) {
		p.heads++
	}
	return p
}

func descriptorName(n int) string { return "/dev/fd/" + strconv.Itoa(n) }

// descriptorOf reads a path as the name of a descriptor.
func descriptorOf(path string) (int, bool) {
	name := regexp.MustCompile(`^(/dev/fd|/proc/(self|thread-self)/fd)/(\d{1,9})$`)
	m := name.FindStringSubmatch(filepath.ToSlash(filepath.Clean(path)))
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[3])
	return n, err == nil
}

// checkDescriptor: a number that the user has not open may be one of
// authctl's own, or curl's.
func checkDescriptor(path string) error {
	if n, ok := descriptorOf(path); ok && n >= firstExtra && !isOpen(n) {
		return fault.New(fault.Usage, "%s: descriptor %d is not open", shown(path), n).
			Hint("open it in the shell that starts authctl: %d<FILE or %d>FILE", n, n)
	}
	return nil
}

// paths are the files that the request's options may name.
func (t transfer) paths() []string {
	paths, known := []string{t.output, t.dump}, table()
	for _, a := range t.options {
		paths = append(paths, fileOf(a))
		if !known[a.name].lines {
			paths = append(paths, a.value)
		}
	}
	return paths
}

func (t transfer) checkDescriptors() error {
	for _, path := range t.paths() {
		if err := checkDescriptor(path); err != nil {
			return err
		}
	}
	return nil
}
