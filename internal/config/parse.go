package config

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parseYAML is the one document in text, nil for an empty one.
func parseYAML(text []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var second yaml.Node
	if err := dec.Decode(&second); err == nil {
		return nil, errSecondDocument
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return doc.Content[0], nil
}

var errSecondDocument = errors.New("yaml: only one document is read, there must be no further ---")

// syntaxProblem turns an error of the YAML library into a problem. Its text
// may quote the file, where a secret may stand: `secret: *x` is an alias to YAML.
func syntaxProblem(file string, err error) Problem {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	p := Problem{File: file}
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		number, after, _ := strings.Cut(rest, ": ")
		if n, err := strconv.Atoi(number); err == nil {
			p.Line, p.Column, text = n, 1, after
		}
	}
	if strings.HasPrefix(text, "unknown anchor") {
		text, p.Hint = "an alias (*name) without its anchor (&name)", "quote a text that begins with *"
	}
	p.Text = "not valid YAML: " + text
	return p
}
