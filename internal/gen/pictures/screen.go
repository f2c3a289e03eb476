package pictures

import (
	"regexp"
	"strings"

	"authctl/internal/shown"
)

// The size of the terminal.
const columns, lines = 80, 24

// cell is one character and the SGR code that it is shown with.
type cell struct {
	r    rune
	code string
}

// screen is a terminal as far as authctl drives one: line ends, SGR codes, and a
// line that is wiped. What scrolls off the top is gone.
type screen struct {
	rows [][]cell
	at   int // the column
}

// shows is the screen after output.
func shows(output string) *screen {
	s := &screen{rows: make([][]cell, 1)}
	control := regexp.MustCompile("\x1b\\[([0-9;?]*)([a-zA-Z])")
	code := ""
	for output != "" {
		if found := control.FindStringSubmatch(output); found != nil && strings.HasPrefix(output, found[0]) {
			output = output[len(found[0]):]
			switch row := &s.rows[len(s.rows)-1]; found[2] {
			case "m":
				code = strings.TrimPrefix(found[1], "0")
			case "K":
				*row = (*row)[:min(s.at, len(*row))]
			}
			continue
		}
		r := []rune(output[:min(4, len(output))])[0]
		output = output[len(string(r)):]
		s.put(r, code)
	}
	return s
}

func (s *screen) put(r rune, code string) {
	switch {
	case r == '\r':
		s.at = 0
		return
	case r == '\n' || s.at == columns:
		s.rows = append(s.rows, nil)
		if s.at = 0; len(s.rows) > lines {
			s.rows = s.rows[1:]
		}
		if r == '\n' {
			return
		}
	}
	row := &s.rows[len(s.rows)-1]
	for len(*row) <= s.at {
		*row = append(*row, cell{r: ' '})
	}
	(*row)[s.at] = cell{r, code}
	s.at++
}

// broken are the lines of output that the terminal has to break by itself.
func broken(output string) (found []string) {
	for _, line := range strings.Split(output, "\n") {
		for _, part := range strings.Split(strings.TrimSuffix(line, "\r"), "\r") {
			if shown.Width(strings.ReplaceAll(part, "\x1b[K", "")) > columns {
				found = append(found, part)
			}
		}
	}
	return found
}
