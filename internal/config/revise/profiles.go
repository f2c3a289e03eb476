package revise

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"authctl/internal/strict"
)

// Default makes name the default_profile of the file, "" takes that away.
func Default(path string, data []byte, name string) ([]byte, error) {
	t, err := read(path, data)
	if err != nil {
		return nil, err
	}
	if t.root == nil {
		t.root = &yaml.Node{Kind: yaml.MappingNode}
	}
	i := find(t.root, keyDefault)
	switch {
	case i < 0 && name == "":
		return data, nil
	case name == "":
		t.root = t.blankLine(t.root.Content[i])
	case i >= 0:
		value := *t.root.Content[i+1]
		if strict.IsNull(&value) && value.Value == "" { // default_profile: with nothing behind it
			line := t.root.Content[i].Line - 1
			before, after, _ := strings.Cut(t.lines[line], keyDefault+":")
			t.lines[line] = before + keyDefault + ": " + scalar(name) + after
		} else {
			t.token(&value, name)
		}
		t.root = changed(t.root, keyDefault, func(k, _ *yaml.Node) []*yaml.Node { return []*yaml.Node{k, strict.Scalar(name)} })
	default:
		t.insert(name)
	}
	return checked(path, "setting "+keyDefault, t, t.root)
}

// insert adds default_profile behind version, or before the first key, or at the
// end of a file without any.
func (t *text) insert(name string) {
	line := keyDefault + ": " + scalar(name) + "\n"
	pair := []*yaml.Node{strict.Scalar(keyDefault), strict.Scalar(name)}
	at, place := 0, len(t.lines)
	if i := find(t.root, "version"); i >= 0 {
		at, place = i+2, t.root.Content[i+1].Line
	} else if len(t.root.Content) > 0 {
		place = t.root.Content[0].Line - 1
	} else {
		line = "version: 1\n" + line
		pair = append([]*yaml.Node{strict.Scalar("version"), {Kind: yaml.ScalarNode, Tag: "!!int", Value: "1"}}, pair...)
	}
	if place > 0 && place <= len(t.lines) && t.lines[place-1] != "" && !strings.HasSuffix(t.lines[place-1], "\n") {
		t.lines[place-1] += "\n"
	}
	t.lines = slices.Insert(t.lines, place, line)
	root := *t.root
	root.Content = slices.Insert(slices.Clone(root.Content), at, pair...)
	t.root = &root
}

// Rename gives a profile of the file another name, in default_profile too.
func Rename(path string, data []byte, from, to string) ([]byte, error) {
	t, err := read(path, data)
	if err != nil {
		return nil, err
	}
	if i := find(t.root, keyDefault); i >= 0 && t.root.Content[i+1].Value == from {
		t.token(t.root.Content[i+1], to)
		t.root = changed(t.root, keyDefault, func(k, _ *yaml.Node) []*yaml.Node { return []*yaml.Node{k, strict.Scalar(to)} })
	}
	if i := find(t.root, keyProfiles); i >= 0 {
		t.root = changed(t.root, keyProfiles, func(k, v *yaml.Node) []*yaml.Node {
			return []*yaml.Node{k, changed(v, from, func(name, body *yaml.Node) []*yaml.Node {
				t.token(name, to)
				return []*yaml.Node{strict.Scalar(to), body}
			})}
		})
	}
	return checked(path, "a new name", t, t.root)
}

// Remove takes a profile out of the file, with the comments right above it.
func Remove(path string, data []byte, name string) ([]byte, error) {
	t, err := read(path, data)
	if err != nil {
		return nil, err
	}
	if i := find(t.root, keyDefault); i >= 0 && t.root.Content[i+1].Value == name {
		t.root = t.blankLine(t.root.Content[i])
	}
	i := find(t.root, keyProfiles)
	if i < 0 {
		return checked(path, "removing "+name, t, t.root)
	}
	all := t.root.Content[i+1]
	if at := find(all, name); at >= 0 && all.Style&yaml.FlowStyle == 0 {
		next := len(t.lines) + 1
		switch {
		case at+2 < len(all.Content):
			next = all.Content[at+2].Line
		case i+2 < len(t.root.Content):
			next = t.root.Content[i+2].Line
		}
		t.cut(all.Content[at].Line, next, all.Content[at].Column, at == 0)
	}
	t.root = changed(t.root, keyProfiles, func(k, v *yaml.Node) []*yaml.Node {
		return []*yaml.Node{k, changed(v, name, func(_, _ *yaml.Node) []*yaml.Node { return nil })}
	})
	return checked(path, "removing "+name, t, t.root)
}

// blankLine empties the line of the key, so that all others keep their numbers.
func (t *text) blankLine(key *yaml.Node) *yaml.Node {
	t.lines[key.Line-1] = ""
	return changed(t.root, key.Value, func(_, _ *yaml.Node) []*yaml.Node { return nil })
}

// cut removes the lines from first, with its comments, up to next, whose
// comments stay; column is where the removed key began. Of the blank lines on
// both sides one side stays.
func (t *text) cut(first, next, column int, begins bool) {
	from, to := first-1, min(next-1, len(t.lines))
	comment := func(i int) (indent int, is bool) {
		trimmed := strings.TrimLeft(t.lines[i], " ")
		return len(t.lines[i]) - len(trimmed), strings.HasPrefix(trimmed, "#")
	}
	blank := func(i int) bool { return strings.TrimSpace(t.lines[i]) == "" }
	for from > 0 {
		if indent, is := comment(from - 1); !is || indent != column-1 {
			break
		}
		from--
	}
	for to > first {
		indent, is := comment(to - 1)
		if !blank(to-1) && (!is || indent > column-1) {
			break
		}
		to--
	}
	if begins || blank(from-1) {
		for to < len(t.lines) && blank(to) && t.lines[to] != "" {
			to++
		}
	}
	t.lines = slices.Delete(t.lines, from, to)
}
