package render

import "strings"

// shell writes one assignment of an exported variable. ok is false when the
// value cannot be written so that the shell takes it literally.
type shell struct {
	name   string
	assign func(name, value string) (line string, ok bool)
}

func shells() []shell {
	return []shell{
		{"sh", assignSh},
		{"fish", assignFish},
		{"powershell", assignPowerShell},
		{"cmd", assignCmd},
	}
}

// Shells lists the values of --shell, the default first. sh serves dash, bash,
// zsh and ksh.
func Shells() []string {
	var names []string
	for _, s := range shells() {
		names = append(names, s.name)
	}
	return names
}

// assignSh: between single quotes POSIX takes everything literally (XCU 2.2.2),
// so a quote closes, adds an escaped one, and opens again.
func assignSh(name, value string) (string, bool) {
	return "export " + name + "='" + strings.ReplaceAll(value, "'", `'\''`) + "'", noNUL(value)
}

// assignFish: inside single quotes fish knows two escapes, \' and \\.
func assignFish(name, value string) (string, bool) {
	return "set -gx " + name + " '" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'", noNUL(value)
}

// assignPowerShell: a single-quoted string ends at any of five quote
// characters, typographic ones included; each is doubled to stand for itself.
func assignPowerShell(name, value string) (string, bool) {
	double := strings.NewReplacer("'", "''", "\u2018", "\u2018\u2018", "\u2019", "\u2019\u2019",
		"\u201a", "\u201a\u201a", "\u201b", "\u201b\u201b")
	return "$env:" + name + " = '" + double.Replace(value) + "'", noNUL(value)
}

// assignCmd: inside "..." cmd.exe still expands %VAR% and, where delayed
// expansion is on, !VAR! (which also makes ^ an escape); how to escape them
// differs between a batch file and a FOR loop. Such values are refused.
func assignCmd(name, value string) (string, bool) {
	return `set "` + name + "=" + value + `"`, noNUL(value) && !strings.ContainsAny(value, "\"%!^\r\n")
}

func noNUL(s string) bool { return strings.IndexByte(s, 0) < 0 }
