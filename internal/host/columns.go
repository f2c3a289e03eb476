package host

import "golang.org/x/term"

// Columns is how wide the terminal is that fd leads to, 0 when nobody knows.
func Columns(fd int) int {
	width, _, err := term.GetSize(fd)
	if err != nil {
		return 0
	}
	return width
}
