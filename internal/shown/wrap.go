package shown

import "strings"

// edge is the least that a line is moved to the right which was broken off: what
// others say could look like a line of its own.
const edge = 2

// Wrap breaks each line of text that is wider than width at blanks, never within
// a word; the parts that are broken off stand indent columns from the left, or at
// the edge where a word needs the room. A width of 0 has no end.
func Wrap(text string, width, indent int) string {
	if width <= 0 {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if Width(line) > width {
			lines[i] = wrapped(line, width, indent)
		}
	}
	return strings.Join(lines, "\n")
}

func wrapped(line string, width, indent int) string {
	var out, blanks strings.Builder // blanks that stand before the next word, if it stays on this line
	column, words := 0, false
	for i, word := range strings.Split(line, " ") {
		if i > 0 {
			blanks.WriteByte(' ')
		}
		if word == "" {
			continue
		}
		wide := Width(word)
		if words && column+blanks.Len()+wide > width {
			if column = indent; column+wide > width {
				column = min(indent, edge)
			}
			out.WriteString("\n" + strings.Repeat(" ", column))
		} else {
			out.WriteString(blanks.String())
			column += blanks.Len()
		}
		blanks.Reset()
		out.WriteString(word)
		column, words = column+wide, true
	}
	return out.String()
}

// Width is how many columns of a terminal a line takes, colours none.
func Width(line string) (columns int) {
	escape := false
	for _, r := range line {
		switch {
		case escape:
			escape = r != 'm'
		case r == '\x1b': // a colour of ours: no other is left
			escape = true
		case combining(r):
		case wide(r):
			columns += 2
		default:
			columns++
		}
	}
	return columns
}

// combining is true in the blocks of marks that stand over what is before them.
func combining(r rune) bool {
	return 0x300 <= r && r <= 0x36f || 0x20d0 <= r && r <= 0x20ff || 0xfe00 <= r && r <= 0xfe0f || 0xfe20 <= r && r <= 0xfe2f
}

// wide is true in the blocks whose characters take two columns (Unicode TR 11).
func wide(r rune) bool {
	switch {
	case r < 0x1100:
		return false
	case r <= 0x115f, 0x2e80 <= r && r <= 0xa4cf, 0xac00 <= r && r <= 0xd7a3, 0xf900 <= r && r <= 0xfaff,
		0xfe30 <= r && r <= 0xfe6f, 0xff00 <= r && r <= 0xff60, 0xffe0 <= r && r <= 0xffe6,
		0x1f300 <= r && r <= 0x1f64f, 0x1f900 <= r && r <= 0x1f9ff, 0x20000 <= r && r <= 0x3fffd:
		return true
	}
	return false
}
