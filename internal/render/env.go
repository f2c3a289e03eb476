package render

import (
	"bytes"
	"slices"

	"authctl/internal/fault"
)

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
