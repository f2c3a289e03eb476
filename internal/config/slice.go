package config

import (
	"strings"
)

// sliced is a profiles file cut by its indentation, so that one profile of a
// thousand costs no more than one of five. It is only made for plain block
// style, in which every line is complete by itself: cut refuses everything
// else, and the whole file is parsed instead.
type sliced struct {
	head    string
	headGap [2]int // the lines of head from headGap[0] on are headGap[1] lines further down in the file
	names   []string
	index   map[string]int // of a name in names and blocks
	blocks  []block
}

// block is the text of one profile, `  name:` and what is below it.
type block struct {
	text string
	line int // of its first line in the file
}

// cut cuts a profiles file, nil when it is anything but plain.
func cut(text string) *sliced {
	if unusual(text) {
		return nil
	}
	profiles := len(text) / 400 // about: a map that grows costs more than the whole rest
	c := cutter{text: text, out: &sliced{index: make(map[string]int, profiles), names: make([]string, 0, profiles), blocks: make([]block, 0, profiles)}}
	for c.next < len(text) {
		if !c.step() {
			return nil
		}
	}
	c.closeBlock(len(text))
	if !c.seen {
		c.from, c.to = len(text), len(text)
	} else if c.in {
		c.to, c.toLine = len(text), c.line
	}
	c.out.head = text[:c.from] + text[c.to:]
	c.out.headGap = [2]int{c.fromLine, c.toLine - c.fromLine}
	return c.out
}

// unusual is true for text with bytes that YAML reads as more than themselves: other
// encodings and other line breaks.
func unusual(text string) bool {
	for _, odd := range []string{"\xef\xbb\xbf", "\x00", "\xfe", "\xff", "\u0085", "\t"} {
		if strings.Contains(text, odd) {
			return true
		}
	}
	separators := "\u2028"[:2] // of lines and paragraphs, U+2028 and U+2029; dashes begin so as well
	if strings.Contains(text, separators) && strings.ContainsAny(text, "\u2028\u2029") {
		return true
	}
	return strings.Contains(text, "\r") && strings.Count(text, "\r") != strings.Count(text, "\r\n")
}

// cutter goes through the lines of a file once.
type cutter struct {
	text string
	out  *sliced
	next int // offset of the next line
	line int // lines read so far

	seen, in         bool // the profiles key was seen; we are below it
	from, to         int  // what lies between belongs to the profiles key
	fromLine, toLine int
	indent           int // of the profiles' names
	start, startLine int
	ahead            [len(marks)]int // where each of marks comes next
	nearest          int             // the first of them
}

// step reads one line; false when it is not plain.
func (c *cutter) step() bool {
	begin := c.next
	full, _, _ := strings.Cut(c.text[begin:], "\n")
	c.next = min(begin+len(full)+1, len(c.text))
	c.line++
	text := strings.TrimLeft(full, " ")
	indent := len(full) - len(text)
	text = strings.TrimSuffix(text, "\r")
	if text == "" || text[0] == '#' {
		return true
	}
	if c.marked(begin, begin+len(full)) && !balanced(text) {
		return false
	}
	switch {
	case indent == 0:
		return c.top(text, begin)
	case c.in:
		return c.inside(text, indent, begin)
	default:
		return false // the head is made of one-line values
	}
}

// top is a line that begins a key of the file's head.
func (c *cutter) top(text string, begin int) bool {
	key, rest := plainKey(text)
	if key == "" {
		return false
	}
	c.closeBlock(begin)
	if c.in {
		c.in, c.to, c.toLine = false, begin, c.line-1
	}
	if key != "profiles" {
		return true
	}
	if c.seen || rest != "" && rest[0] != '#' {
		return false
	}
	c.seen, c.in, c.from, c.fromLine = true, true, begin, c.line-1
	return true
}

// inside is a line below the profiles key.
func (c *cutter) inside(text string, indent, begin int) bool {
	if c.indent == 0 {
		c.indent = indent
	}
	if indent != c.indent {
		return indent > c.indent
	}
	key, _ := plainKey(text)
	if key == "" {
		return false
	}
	c.closeBlock(begin)
	c.out.index[key] = len(c.out.names)
	if c.out.names = append(c.out.names, key); len(c.out.index) < len(c.out.names) {
		return false // given twice
	}
	c.start, c.startLine = begin, c.line
	return true
}

// closeBlock ends the block that is open, if one is.
func (c *cutter) closeBlock(end int) {
	if len(c.out.blocks) < len(c.out.names) {
		c.out.blocks = append(c.out.blocks, block{c.text[c.start:end], c.startLine})
	}
}

// headLine is where a line of head stands in the file.
func (s *sliced) headLine(line int) int {
	if line > s.headGap[0] {
		return line + s.headGap[1]
	}
	return line
}

// plainKey is the key of a `key: rest` line, "" unless it is plain text that
// YAML reads as it stands.
func plainKey(line string) (key, rest string) {
	key, rest, found := strings.Cut(line, ":")
	if !found || rest != "" && rest[0] != ' ' {
		return "", ""
	}
	for i := range len(key) {
		c := key[i]
		alnum := '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !alnum && (i == 0 || strings.IndexByte("._-@+", c) < 0) {
			return "", ""
		}
	}
	return key, strings.TrimLeft(rest, " ")
}
