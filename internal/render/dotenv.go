package render

import (
	"bytes"
	"strings"

	"authctl/internal/fault"
)

// writeDotenv prints NAME=value without quotes: `docker --env-file` and
// GitLab's dotenv reports take everything after = as it stands. A value that
// one of them would change (outer blanks, outer quotes) is refused, and so is a
// token that a shell which sources the file would act upon.
func writeDotenv(b *bytes.Buffer, r Result, o Options) error {
	vars, err := variables(r, o)
	if err != nil {
		return err
	}
	for _, v := range vars {
		if v.value != strings.Trim(v.value, " \t'\"`") {
			return fault.New(fault.Usage, "%s begins or ends with a blank or a quote, which readers of dotenv files strip", v.of).
				Hint("use -o env or -o headers")
		}
		b.WriteString(v.name + "=" + v.value + "\n")
	}
	return nil
}
