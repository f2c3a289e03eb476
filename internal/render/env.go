package render

import (
	"bytes"
	"slices"

	"authctl/internal/fault"
)

// Environ is what -o env sets, as NAME=value.
func Environ(r Result, o Options) ([]string, error) {
	f, err := o.Chosen()
	if err == nil {
		err = validateResult(r, f)
	}
	if err != nil {
		return nil, err
	}
	vars, err := variables(r, o)
	environ := make([]string, len(vars))
	for i, v := range vars {
		environ[i] = v.name + "=" + v.value
	}
	return environ, err
}

// writeEnv prints statements for eval, Invoke-Expression or a cmd.exe FOR loop.
func writeEnv(b *bytes.Buffer, r Result, o Options) error {
	vars, err := variables(r, o)
	if err != nil {
		return err
	}
	all := shells()
	i := max(0, slices.IndexFunc(all, func(s shell) bool { return s.name == o.Shell }))
	for _, v := range vars {
		line, ok := all[i].assign(v.name, v.value)
		if !ok {
			return fault.New(fault.Usage, "%s has a character that %s cannot quote", v.of, all[i].name).
				Hint("use another --shell, or -o headers")
		}
		b.WriteString(line + "\n")
	}
	return nil
}
