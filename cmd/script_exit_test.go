package cmd_test

import (
	"errors"
	"os/exec"
	"strconv"
)

func exitStatus(err error) (string, bool) {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return "", false
	}
	return strconv.Itoa(exit.ExitCode()), true
}
