package config

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"go.yaml.in/yaml/v3"
)

// mainFile is profiles.yaml, read but not yet understood beyond its head.
type mainFile struct {
	path    string
	exists  bool
	header  header
	entries []entry // of the whole file; nil while sliced is enough
	sliced  *sliced
	text    string
	// problems concern the file as a whole: unreadable, no YAML, a wrong head,
	// a profile given twice.
	problems Problems
}

// entry is one profile's name and body.
type entry struct {
	name      string
	key, body *yaml.Node
	line      func(int) int
}

// openMain reads the file at path. A pipe is waited for until ctx ends or wait is
// over, which is the error. A file that need not exist (explicit is
// false) and does not is an empty one.
func openMain(ctx context.Context, path string, explicit bool, wait time.Duration) (*mainFile, error) {
	m := &mainFile{path: path}
	if path == "" {
		return m, nil
	}
	text, err := readTrusted(ctx, path, explicit, wait)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return m, err
	case errors.Is(err, fs.ErrNotExist) && !explicit:
		return m, nil
	case err != nil:
		at := unreadable(path, err)
		if at.Hint == "" && explicit {
			at.Hint = "--config or AUTHCTL_CONFIG names the profiles file"
		}
		m.problems = Problems{at}
		return m, nil
	}
	m.load(text)
	return m, nil
}

// load reads the head, from slices where the file is plain.
func (m *mainFile) load(text string) {
	m.exists, m.text = true, text
	if s := cut(text); s != nil {
		if root, err := parseYAML(s.head); err == nil {
			r := m.reader(s.headLine)
			h := header{}
			r.head(root, &h, func(*yaml.Node, *yaml.Node) {})
			if r.aliases == 0 { // its anchor may be a profile's
				m.sliced, m.header, m.problems = s, h, r.problems
				return
			}
		}
	}
	m.parseAll()
}

func (m *mainFile) reader(line func(int) int) *reader {
	r := newReader(m.path, filepath.Dir(m.path), "")
	r.line = line
	return r
}

// parseAll reads the file in the ordinary way, all of it.
func (m *mainFile) parseAll() {
	m.sliced, m.entries, m.problems = nil, []entry{}, nil
	root, err := parseYAML(m.text)
	if err != nil {
		m.problems = Problems{syntaxProblem(m.path, err, nil)}
		return
	}
	r := m.reader(nil)
	m.header = header{}
	r.head(root, &m.header, func(_, profiles *yaml.Node) {
		profiles, ok := r.follow(profiles, "profiles")
		if !ok || isNull(profiles) {
			return
		}
		if profiles.Kind != yaml.MappingNode {
			r.problem(profiles, "profiles", "", "must be a mapping (name: profile), not %s", kindOf(profiles))
			return
		}
		r.eachKey(profiles, "profiles", func(key, body *yaml.Node, _ string) {
			m.entries = append(m.entries, entry{name: key.Value, key: key, body: body})
		})
	})
	m.problems = r.problems
}

// head reads the file's top mapping and hands over what stands below profiles.
func (r *reader) head(root *yaml.Node, h *header, profiles func(key, value *yaml.Node)) {
	if root == nil {
		return
	}
	members := append(headerMembers(h), member{key: "profiles", read: func(_ *reader, n *yaml.Node, _ string) { profiles(nil, n) }})
	r.mapping(root, "", members)
	r.checkHead(root, h)
}

// names are the profiles of the file, in its order.
func (m *mainFile) names() []string {
	if m.sliced != nil {
		return m.sliced.names
	}
	names := make([]string, len(m.entries))
	for i, e := range m.entries {
		names[i] = e.name
	}
	return names
}

// find is the profile of that name; only its own lines are parsed where the
// file allows it.
func (m *mainFile) find(name string) (entry, bool) {
	if m.sliced != nil {
		i, ok := m.sliced.index[name]
		if !ok {
			return entry{}, false
		}
		if e, ok := m.sliced.blocks[i].parse(); ok {
			return e, true
		}
		m.parseAll()
	}
	for _, e := range m.entries {
		if e.name == name {
			return e, true
		}
	}
	return entry{}, false
}

// parse reads one block; false when it does not stand by itself, such as one
// with an alias to another profile. An anchor inside of it goes before any
// other of that name, as it would in the whole file.
func (b block) parse() (entry, bool) {
	root, err := parseYAML(b.text)
	if err != nil || root == nil || root.Kind != yaml.MappingNode || len(root.Content) != 2 {
		return entry{}, false
	}
	line := func(n int) int { return n + b.line - 1 }
	return entry{name: root.Content[0].Value, key: root.Content[0], body: root.Content[1], line: line}, true
}
