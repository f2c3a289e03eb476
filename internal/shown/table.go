package shown

import (
	"io"
	"strings"
)

// Table is rows of cells, the first of them the heads where it has any; its
// columns are as wide as they need. On a screen that is too narrow the last column
// is broken at blanks below itself.
type Table struct {
	Heads bool
	rows  [][]string
}

// lastRoom is the least that the last column is broken to: what has less
// continues below the whole row.
const lastRoom = 24

// Hang is column as the place where a last column goes on, or the left where it
// would have too little room there.
func (s Screen) Hang(column int) int {
	if s.Width-column < lastRoom {
		return 4
	}
	return column
}

// Row adds a row; each cell is cleaned as Fprintf does it.
func (t *Table) Row(cells ...any) {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = Sprintf("%s", c)
	}
	t.rows = append(t.rows, row)
}

// Write writes the table in one go, without blanks at the ends of lines.
func (t *Table) Write(w io.Writer, s Screen) error {
	var widths []int
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], Width(cell))
		}
	}
	hang := 0
	for _, wide := range widths[:max(0, len(widths)-1)] {
		hang += wide + 2
	}
	hang = s.Hang(hang)
	var text strings.Builder
	for n, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			if n == 0 && t.Heads {
				cell = s.Paint(Bold, cell).text
			}
			line.WriteString(cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-Width(cell)+2))
			}
		}
		text.WriteString(Wrap(strings.TrimRight(line.String(), " "), s.Width, hang) + "\n")
	}
	_, err := io.WriteString(w, text.String())
	return err
}
