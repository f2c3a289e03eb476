package strict

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Parse is the one document of a file, nil for an empty one, or the problem of a
// text that is no YAML.
func Parse(file string, text []byte) (*yaml.Node, Problems) {
	root, err := parse(text)
	if err != nil {
		return nil, Problems{syntaxProblem(file, text, err)}
	}
	return root, nil
}

// parse is the one document in text, nil for an empty one.
func parse(text []byte) (*yaml.Node, error) {
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
func syntaxProblem(file string, source []byte, err error) Problem {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	p := Problem{File: file}
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		number, after, _ := strings.Cut(rest, ": ")
		if n, err := strconv.Atoi(number); err == nil {
			p.Line, p.Column, text = n, 1, after
		}
	}
	if name, ok := strings.CutPrefix(text, unknownAnchor); ok {
		p.Line, p.Column = unknownAlias(source, strings.TrimSuffix(name, "' referenced"))
		text, p.Hint = "an alias (*name) without its anchor (&name)", "quote a text that begins with *"
	}
	p.Text = "not valid YAML: " + text
	return p
}

const unknownAnchor = "unknown anchor '"

// unknownAlias is where *name stands, which the YAML library does not say: at the
// end of the shortest beginning of the text with this mistake. 0, 0 when it is in
// an encoding other than UTF-8.
func unknownAlias(text []byte, name string) (line, column int) {
	places := regexp.MustCompile(`\*`+regexp.QuoteMeta(name)+`(?:[^\w-]|$)`).FindAllIndex(text, -1)
	i := sort.Search(len(places), func(i int) bool {
		_, err := parse(text[:places[i][0]+1+len(name)])
		return err != nil && strings.Contains(err.Error(), unknownAnchor)
	})
	if i == len(places) {
		return 0, 0
	}
	before := text[:places[i][0]]
	return 1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[1+bytes.LastIndexByte(before, '\n'):])
}
