package strict

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sort"

	"authctl/internal/fault"
)

// Problem is one thing wrong in a profiles file.
type Problem struct {
	File         string // as it was opened, or "preset NAME"
	Line, Column int    // from 1; 0 when the whole file is meant
	Profile      string // the profile it belongs to, "" for the file's head
	Path         string // the field within the profile, as "client.key"
	Text         string // what is wrong; never a secret
	Hint         string // what mends it, or ""
}

// String is "file:line:column: path: text".
func (p Problem) String() string {
	where := p.File
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
	if p.Path != "" {
		where += ": " + p.Path
	}
	return where + ": " + p.Text
}

// Full is String with the profile's name before the path.
func (p Problem) Full() string {
	if p.Profile != "" {
		p.Path = "profiles." + p.Profile + dotted(p.Path)
	}
	return p.String()
}

func dotted(path string) string {
	if path == "" {
		return ""
	}
	return "." + path
}

// Problems is every problem that was found, in the order of the file. Its
// text is one line: the first problem and how many more there are.
type Problems []Problem

// Error is the first problem and the number of others.
func (ps Problems) Error() string {
	switch len(ps) {
	case 0:
		return "no problem"
	case 1:
		return ps[0].String()
	default:
		return fmt.Sprintf("%s (and %d more)", ps[0], len(ps)-1)
	}
}

// shownHints bounds how many further problems a message lists.
const shownHints = 8

// Fault is the error for problems met while loading profileName.
func (ps Problems) Fault(profileName string) error {
	if len(ps) == 0 {
		return nil
	}
	ps = ps.sorted()
	f := &fault.Error{Kind: fault.Config, Profile: profileName, Err: ps}
	for i, p := range ps {
		if i > shownHints {
			return f.Hint("authctl profile check shows all %d", len(ps))
		}
		if i > 0 {
			f = f.Hint("also %s", p)
		}
		if p.Hint != "" {
			f = f.Hint("%s", p.Hint)
		}
	}
	return f
}

func (ps Problems) sorted() Problems {
	out := slices.Clone(ps)
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column)) < 0
	})
	return out
}

// AllProblems are the problems in err's chain, nil when err is about something else.
func AllProblems(err error) Problems {
	var ps Problems
	errors.As(err, &ps)
	return ps
}
