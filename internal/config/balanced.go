package config

import "strings"

// marks are the characters that a line has to be looked at for.
const marks = "[]{}#\"'"

// marked is true for a line, from begin to end, that holds one of marks. Most
// lines do not: the file is searched for each mark, not each line for all.
func (c *cutter) marked(begin, end int) bool {
	if c.nearest < begin {
		c.nearest = len(c.text)
		for i := range c.ahead {
			if c.ahead[i] < begin {
				c.ahead[i] = len(c.text)
				if at := strings.IndexByte(c.text[begin:], marks[i]); at >= 0 {
					c.ahead[i] = begin + at
				}
			}
			c.nearest = min(c.nearest, c.ahead[i])
		}
	}
	return c.nearest < end
}

// balanced is true for a line that ends outside of quotes and brackets. It
// errs on the side of false: a quote in a doubtful place is not balanced.
func balanced(line string) bool {
	depth := 0
	for i := 0; i < len(line); i++ {
		c := line[i]
		if '^' <= c && c <= 'z' { // most of a file is lower-case letters
			continue
		}
		switch c {
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth < 0 {
				return false
			}
		case '#':
			if i > 0 && line[i-1] == ' ' {
				return depth == 0
			}
		case '"', '\'':
			begins, doubtful := opens(line, i, depth > 0)
			if doubtful {
				return false
			}
			if !begins {
				continue
			}
			end := closing(line, i)
			if end < 0 {
				return false
			}
			i = end
		}
	}
	return depth == 0
}

// opens says whether the quote at i begins a quoted scalar.
func opens(line string, i int, flow bool) (begins, doubtful bool) {
	before := strings.TrimRight(line[:i], " ")
	if before == "" {
		return true, false
	}
	last, spaced := before[len(before)-1], len(before) < i
	switch {
	case flow && strings.IndexByte("[{,", last) >= 0:
		return true, false
	case spaced && (last == ':' || last == '-' || last == '?'):
		return true, false
	case spaced || last == ':' || strings.IndexByte("[{,&*!", last) >= 0:
		return false, true
	default:
		return false, flow // inside a plain word, such as it's
	}
}

// closing is the index of the quote that ends the scalar beginning at i, -1 for none.
func closing(line string, i int) int {
	quote := line[i]
	for i++; i < len(line); i++ {
		switch {
		case quote == '"' && line[i] == '\\':
			i++
		case line[i] == quote && quote == '\'' && i+1 < len(line) && line[i+1] == '\'':
			i++
		case line[i] == quote:
			return i
		}
	}
	return -1
}
