package host

import (
	"errors"

	"authctl/internal/fault"
)

// ErrNoTerminal says that there is nobody to ask.
var ErrNoTerminal = errors.New("there is no terminal to ask at")

// maxHidden is the longest value that a prompt takes, in bytes.
const maxHidden = 128 << 10

func tooLong() error {
	return fault.New(fault.Usage, "what was entered is longer than %d KiB", maxHidden>>10).
		Hint("keep it in a file and refer to it as file:PATH")
}
