package device

import (
	"cmp"
	"errors"
	"strings"

	"rsc.io/qr"

	"authctl/internal/login"
	"authctl/internal/shown"
)

// Show tells the person where to go and which code to type, and draws the
// address as a QR code, so that a phone needs no typing. All of it stays on a
// screen of 24 lines.
func (a Authorization) Show(t login.Terminal) {
	address := cmp.Or(a.Complete, a.Address)
	if !t.Quiet {
		if drawing, err := draw(address.String(), t); err == nil {
			t.Draw(drawing)
		}
	}
	t.Say("On a phone or any other machine, open\n  %s\nand enter or confirm the code\n  %s", a.Address, a.UserCode)
	if a.Complete != (shown.Address{}) {
		// RFC 8628 3.3.1: the code is shown also then, so that it can be compared.
		t.Note("The address with the code in it: %s", a.Complete)
	}
}

var errTooWide = errors.New("the terminal is too narrow for a QR code")

// quiet is the white margin that scanners need, in modules (ISO/IEC 18004 asks
// for 4; half of it works on a screen and leaves room in 80 columns).
const quiet = 2

// draw makes two modules a character from half blocks. In colour it is black
// on white whatever the terminal's own colours are; without, light modules
// are the drawn ones, because most terminals are dark. One that the terminal
// would break in two can be read by nobody: errTooWide.
func draw(text string, t login.Terminal) (string, error) {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return "", err
	}
	if !t.Fits(code.Size + 2*quiet) {
		return "", errTooWide
	}
	before, after := "", "\n"
	if t.Colour {
		before, after = "\x1b[97;40m", "\x1b[0m\n"
	}
	var b strings.Builder
	for y := -quiet; y < code.Size+quiet; y += 2 {
		b.WriteString(before)
		for x := -quiet; x < code.Size+quiet; x++ {
			b.WriteString(half(!code.Black(x, y), !code.Black(x, y+1)))
		}
		b.WriteString(after)
	}
	return b.String(), nil
}

func half(top, bottom bool) string {
	switch {
	case top && bottom:
		return "█"
	case top:
		return "▀"
	case bottom:
		return "▄"
	default:
		return " "
	}
}
