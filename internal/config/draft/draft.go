// Package draft makes a profile of a preset and the answers to its questions.
package draft

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"authctl/internal/config"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/strict"
)

// answer is what stands in a preset's questions where the answer goes, alone or
// before a path.
const answer = "ANSWER"

// Draft is a profile in the making: a preset and the answers so far.
type Draft struct {
	name      string
	body      *yaml.Node
	questions []Question
	secrets   bool
}

// New begins a profile on a preset.
func New(name, preset string) (*Draft, error) {
	root, base, err := config.Preset(preset)
	if err != nil {
		return nil, err
	}
	d := &Draft{name: name, body: &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{strict.Scalar("preset"), strict.Scalar(preset)}}}
	r := strict.New("preset "+preset, "", name)
	if ask := strict.Child(root, "ask"); ask != nil {
		questions("ask", &d.questions).Read(r, ask, "ask")
	}
	d.prepare(root, d.questions)
	for _, r := range base.Refs() {
		d.secrets = d.secrets || r.Ref.Kind == secret.Keyring && !r.IsKey()
	}
	return d, r.Problems.Fault("")
}

// prepare finds where the answers go, and the preset's own values there.
func (d *Draft) prepare(root *yaml.Node, asked []Question) {
	for i := range asked {
		q := &asked[i]
		q.path = pathOf(q.put, answer, "")
		if v := atPath(root, q.path); v != nil && v.Kind == yaml.ScalarNode {
			q.Default = v.Value
		}
		d.secrets = d.secrets || pathOf(q.put, string(secret.Keyring)+":", "") != ""
		d.prepare(root, q.Then)
	}
}

// Secrets is true where the profile will have a secret that a person types.
func (d *Draft) Secrets() bool { return d.secrets }

// Questions are what to ask, in order.
func (d *Draft) Questions() []Question { return d.questions }

// Answer puts an answer in its place. Several words make several items of a
// list. The error says what is wrong with it, and the draft is as before.
func (d *Draft) Answer(q Question, text string) error {
	path, ok := strings.CutPrefix(text, "file:")
	if _, home := secret.InHome(path); ok && path != "-" && !home && !filepath.IsAbs(path) {
		return fault.New(fault.Usage, "%s: the path must be absolute or begin with ~/", q.path)
	}
	if q.pattern != "" && !regexp.MustCompile("^(?:"+q.pattern+")$").MatchString(text) {
		return fault.New(fault.Usage, "%s: %q is not of the form %s", q.path, text, q.pattern)
	}
	body := merge(d.body, filled(q.put, text))
	encoded, err := strict.Encode(body)
	if err != nil {
		return fault.New(fault.Internal, "writing the answer: %w", err)
	}
	_, err = config.ParseProfile(d.name, "answer", encoded)
	for _, p := range strict.AllProblems(err) {
		if concerns(p.Path, q.path) {
			return fault.New(fault.Usage, "%s: %s", p.Path, p.Text)
		}
	}
	d.body = body
	return nil
}

// concerns is true when a problem at path is about the answer at q: the same
// field, one around it, or another item of its list.
func concerns(path, q string) bool {
	list, isItem := strings.CutSuffix(q, "[0]")
	return path == q || path != "" && strings.HasPrefix(q, path+".") || isItem && strings.HasPrefix(path, list+"[")
}

// Finish is the profile and its text for profiles.d.
func (d *Draft) Finish() (*profile.Profile, []byte, error) {
	text, err := strict.Encode(d.body)
	if err != nil {
		return nil, nil, fault.New(fault.Internal, "writing the profile: %w", err)
	}
	p, err := config.ParseProfile(d.name, "answers", text)
	return p, text, err
}

// filled is a copy of n with the answer in place of ANSWER.
func filled(n *yaml.Node, text string) *yaml.Node {
	if n.Kind == yaml.ScalarNode {
		if below, ok := strings.CutPrefix(n.Value, answer); ok {
			if below != "" { // a path below a URL
				text = strings.TrimSuffix(text, "/")
			}
			return strict.Scalar(text + below)
		}
		return n
	}
	out := &yaml.Node{Kind: n.Kind, Style: n.Style}
	for _, c := range n.Content {
		if n.Kind == yaml.SequenceNode && c.Value == answer {
			for _, word := range strings.Fields(text) {
				out.Content = append(out.Content, strict.Scalar(word))
			}
			continue
		}
		out.Content = append(out.Content, filled(c, text))
	}
	return out
}

// merge lays the mapping over below: mappings merge, everything else replaces.
func merge(below, over *yaml.Node) *yaml.Node {
	if below == nil || below.Kind != yaml.MappingNode || over.Kind != yaml.MappingNode {
		return over
	}
	out := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(below.Content); i += 2 {
		key, value := below.Content[i], below.Content[i+1]
		if v := strict.Child(over, key.Value); v != nil {
			value = merge(value, v)
		}
		out.Content = append(out.Content, key, value)
	}
	for i := 0; i+1 < len(over.Content); i += 2 {
		if strict.Child(below, over.Content[i].Value) == nil {
			out.Content = append(out.Content, over.Content[i], over.Content[i+1])
		}
	}
	return out
}

// pathOf is where the scalar stands below n, "" when it does not.
func pathOf(n *yaml.Node, value, path string) string {
	switch n.Kind {
	case yaml.ScalarNode:
		if strings.HasPrefix(n.Value, value) {
			return path
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			if at := pathOf(c, value, fmt.Sprintf("%s[%d]", path, i)); at != "" {
				return at
			}
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if at := pathOf(n.Content[i+1], value, strict.Below(path, n.Content[i].Value)); at != "" {
				return at
			}
		}
	default: // an alias leads to what is looked at anyway
	}
	return ""
}

// atPath is the value at a path of mappings, nil when there is none.
func atPath(n *yaml.Node, path string) *yaml.Node {
	for key := range strings.SplitSeq(path, ".") {
		if n = strict.Child(n, key); n == nil {
			return nil
		}
	}
	return n
}
