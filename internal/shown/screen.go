package shown

import "io"

// Screen is how wide a stream is shown and whether in colour. Its zero value is
// a pipe: whole lines and none.
type Screen struct {
	Width  int // columns, 0 for no end
	Colour bool
}

// defaultWidth is that of a terminal that does not say.
const defaultWidth = 80

// NewScreen is that of a stream by the variables that programs agree on: NO_COLOR
// (no-color.org) goes before CLICOLOR_FORCE, and both before CLICOLOR and TERM
// (bixense.com/clicolors).
func NewScreen(terminal bool, columns int, env func(string) (string, bool)) Screen {
	get := func(name string) string {
		if env == nil {
			return ""
		}
		value, _ := env(name)
		return value
	}
	var s Screen
	if terminal {
		s.Width = columns
		if columns <= 0 {
			s.Width = defaultWidth
		}
	}
	switch forced := get("CLICOLOR_FORCE"); {
	case get("NO_COLOR") != "":
	case forced != "" && forced != "0":
		s.Colour = true
	default:
		s.Colour = terminal && get("CLICOLOR") != "0" && get("TERM") != "dumb"
	}
	return s
}

// Paint is an SGR code of ECMA-48 8.3.117. What it says, a word says too.
type Paint string

// The few that are used: each is one of the sixteen colours that a person chose
// to be readable.
const (
	Bold   Paint = "1"
	Faint  Paint = "2"
	Red    Paint = "31"
	Green  Paint = "32"
	Yellow Paint = "33"
)

// Painted is a text that was cleaned, in colour or not. Only Screen.Paint makes
// one, so that no text of others can colour anything.
type Painted struct{ text string }

// Paint is text, of no colour where p is "", as Fprintf cleans it, in colour where the screen has any.
func (s Screen) Paint(p Paint, text any) Painted {
	plain := Sprintf("%s", text)
	if !s.Colour || plain == "" || p == "" {
		return Painted{plain}
	}
	return Painted{"\x1b[" + string(p) + "m" + plain + "\x1b[0m"}
}

// String is the text with its colours.
func (p Painted) String() string { return p.text }

// Fit is Fprintf that breaks each line at blanks so that it fits the screen;
// what is broken off stands indent columns from the left.
func Fit(w io.Writer, s Screen, indent int, format string, args ...any) error {
	_, err := io.WriteString(w, Wrap(Sprintf(format, args...), s.Width, indent))
	return err
}
