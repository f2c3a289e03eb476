package config

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// Alone is the name of a profile that --set and --preset make for one call.
const Alone = "-"

// change is one --set FIELD=VALUE.
type change struct {
	field string
	body  *yaml.Node // the mapping around the value
}

// changes reads what --set said; VALUE is YAML, as in a file. No message
// quotes a value: it may be the secret that must not stand there.
func changes(sets []string) ([]change, error) {
	var list []change
	for _, set := range sets {
		field, value, ok := strings.Cut(set, "=")
		if !ok || field == "" || strings.Contains("."+field+".", "..") {
			return nil, fault.New(fault.Usage, "--set takes FIELD=VALUE").Hint("such as --set client.id=ci; the fields are those of docs/profiles.md")
		}
		node, err := parseYAML([]byte(value))
		if err != nil {
			return nil, fault.New(fault.Usage, "--set %s: the value is no YAML", field).Hint("put quotes around it that the shell leaves: --set '%s=\"...\"'", field)
		}
		if node == nil {
			node = scalar("") // FIELD= takes a preset's text away
		}
		keys := strings.Split(field, ".")
		for i := len(keys) - 1; i >= 0; i-- {
			node = &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{scalar(keys[i]), node}}
		}
		list = append(list, change{field, node})
	}
	return list, nil
}

// lay reads the changes over p, one after the other: the last one wins. Over a
// profile of a file none may change where a secret or a token goes (member.fixed).
func (d *decoder) lay(r *reader, p *profile.Profile) {
	for _, c := range d.over {
		inner := newReader("--set "+c.field, "", r.profile)
		inner.over = p.Name != Alone
		inner.mapping(c.body, "", profileMembers(p))
		for _, found := range inner.problems {
			found.Line, found.Column = 0, 0
			if found.Path == c.field {
				found.Path = ""
			}
			r.problems = append(r.problems, found)
		}
		for path, at := range inner.source {
			if path != "" {
				at.Line, at.Column = 0, 0
				r.source[path] = at
			}
		}
		for path := range inner.suspects {
			r.suspects[path] = true
		}
	}
	if p.Name != Alone {
		return
	}
	for _, at := range p.Refs() {
		if at.Ref.Kind == secret.Keyring {
			r.locate(&profile.Problem{
				Path: at.Path, Text: "items of the keyring belong to a profile with a name",
				Hint: "--set " + at.Path + "=env:NAME or file:PATH, or authctl profile add",
			})
		}
	}
}

// loadAlone is the profile of --preset and --set alone.
func loadAlone(s Settings) (*profile.Profile, error) {
	body := &yaml.Node{Kind: yaml.MappingNode}
	if s.preset != "" {
		body.Content = []*yaml.Node{scalar("preset"), scalar(s.preset)}
	}
	d := newDecoder()
	d.over = s.over
	p, problems := d.decode(entry{name: Alone, key: body, body: body}, "--preset")
	for i := range problems {
		problems[i].Line, problems[i].Column = 0, 0
		if problems[i].File == "--preset" && problems[i].Path != "preset" {
			problems[i].File = "--set" // a field that nobody gave
		}
	}
	if len(problems) > 0 {
		return nil, problems.fault("")
	}
	return p, nil
}

// overlay takes up what the flags say about this call's profile.
func (s *Settings) overlay(f Flags) (err error) {
	if f.Preset == "" && len(f.Set) == 0 {
		return nil
	}
	if f.Preset != "" && f.Profile != "" {
		return fault.New(fault.Usage, "--preset makes a profile for this call, and --profile names one of the file").
			Hint("leave one out; --set changes a profile for one call")
	}
	s.alone, s.preset = f.Profile == "", f.Preset
	s.over, err = changes(f.Set)
	return err
}
