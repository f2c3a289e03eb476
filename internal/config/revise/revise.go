// Package revise changes the text of a profiles file and leaves all else of it
// as its user wrote it: comments, order, blank lines, quotes.
package revise

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"authctl/internal/config"
	"authctl/internal/fault"
	"authctl/internal/files"
	"authctl/internal/strict"
)

const keyDefault, keyProfiles = "default_profile", "profiles"

// text is a profiles file in lines, each with its end.
type text struct {
	lines []string
	root  *yaml.Node // nil: nothing but comments
}

func read(path string, data []byte) (*text, error) {
	root, wrong := strict.Parse(path, data)
	if wrong != nil {
		return nil, wrong.Fault("")
	}
	return &text{strings.SplitAfter(string(data), "\n"), root}, nil
}

// checked gives the new text if it means what it should, which is asked of the
// YAML reader: in a flow mapping, behind anchors or in UTF-16 lines are no lines.
func checked(path, done string, t *text, means *yaml.Node) ([]byte, error) {
	out := []byte(strings.Join(t.lines, ""))
	now, wrong := strict.Parse(path, out)
	if wrong != nil || !same(now, means) {
		return nil, fault.New(fault.Config, "%s is not laid out so that %s could be done and all else kept", path, done).
			Hint("authctl profile edit opens it in your editor")
	}
	return out, nil
}

// Place is config.Place's file with another text: whole or not at all, behind a
// link if it is one, with its mode, and not over what was written meanwhile.
func Place(ctx context.Context, at config.Place, data []byte) error {
	now, info, err := files.Wanted{Max: config.MaxFile}.Read(ctx, at.Path)
	switch {
	case os.IsNotExist(err) && len(at.Text) == 0:
		return config.WriteOwn(at.Path, data)
	case err == nil && !bytes.Equal(now, at.Text):
		return fault.New(fault.Config, "%s was changed meanwhile: nothing was written", at.Path)
	case err != nil:
		return config.Wrote(at.Path, err)
	}
	path, err := filepath.EvalSymlinks(at.Path)
	if err == nil {
		err = files.Whole(path, data, info.Mode().Perm(), true)
	}
	return config.Wrote(at.Path, err)
}

// same is true for two trees that mean the same: places and comments apart.
func same(a, b *yaml.Node) bool {
	if empty(a) || empty(b) {
		return empty(a) && empty(b)
	}
	if a.Kind != b.Kind || a.Value != b.Value || a.ShortTag() != b.ShortTag() || a.Anchor != b.Anchor || len(a.Content) != len(b.Content) {
		return false
	}
	for i := range a.Content {
		if !same(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

// empty is nothing, null, or a mapping without members.
func empty(n *yaml.Node) bool {
	return n == nil || strict.IsNull(n) || n.Kind == yaml.MappingNode && len(n.Content) == 0
}

// changed is a copy of the mapping n with what change makes of one of its members.
func changed(n *yaml.Node, key string, change func(k, v *yaml.Node) []*yaml.Node) *yaml.Node {
	out := *n
	out.Content = nil
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			out.Content = append(out.Content, change(n.Content[i], n.Content[i+1])...)
		} else {
			out.Content = append(out.Content, n.Content[i], n.Content[i+1])
		}
	}
	return &out
}

// find is the place of a key in the mapping n, -1 for none.
func find(n *yaml.Node, key string) int {
	if n == nil || n.Kind != yaml.MappingNode {
		return -1
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// token puts another scalar in the place of the one that stands at n; the text is
// left alone where n does not stand there in one piece.
func (t *text) token(n *yaml.Node, value string) {
	if n.Line < 1 || n.Line > len(t.lines) {
		return
	}
	line := []rune(t.lines[n.Line-1])
	if n.Column < 1 || n.Column > len(line) {
		return
	}
	rest := string(line[n.Column-1:])
	length := len(n.Value)
	switch n.Style {
	case yaml.SingleQuotedStyle, yaml.DoubleQuotedStyle:
		if end := strings.IndexByte(rest[1:], rest[0]); end >= 0 { // a name has no quotes in it
			length = end + 2
		}
	default:
		if !strings.HasPrefix(rest, n.Value) {
			return
		}
	}
	t.lines[n.Line-1] = string(line[:n.Column-1]) + scalar(value) + rest[length:]
}

// scalar is a name as YAML has it, quoted where it must be.
func scalar(name string) string {
	out, err := strict.Encode(strict.Scalar(name))
	if err != nil {
		return name // a name is text
	}
	return strings.TrimSpace(string(out))
}
