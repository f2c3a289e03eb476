//go:build !linux

package pictures

import (
	"errors"
	"os/exec"
)

// errNoTerminal is where no pseudo-terminal can be had.
var errNoTerminal = errors.New("pictures are drawn on Linux alone")

func atTerminal(*exec.Cmd, string) (string, error) { return "", errNoTerminal }
