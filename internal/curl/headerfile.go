package curl

import (
	"io"
	"os"
	"strings"

	"authctl/internal/fault"
)

// maxHeaders bounds a file of headers.
const maxHeaders = 1 << 20

// readHeaderFiles replaces -H @FILE and --proxy-header @FILE by what is in the
// file, which goes to curl with the secrets: so what was looked at is what is
// sent, and every version of curl reads the same (a lone CR ended a line until
// 8.9). A pipe can be read once; where it must not be read yet, it is left out.
func (l *line) readHeaderFiles(stdin io.Reader, pipesToo bool) error {
	var kept []arg
	for _, a := range l.options {
		path, ok := strings.CutPrefix(a.value, "@")
		if !ok || a.name != "header" && a.name != "proxy-header" {
			kept = append(kept, a)
			continue
		}
		l.headersFromStdin = l.headersFromStdin || isStdin(path)
		text, err := headerReader{stdin, pipesToo}.read(path)
		if err != nil {
			return err
		}
		for _, one := range strings.Split(text, "\n") {
			one = strings.TrimSuffix(one, "\r")
			if strings.ContainsAny(one, "\r\x00") {
				return fault.New(fault.Usage, "%s has a CR or NUL within a line, so a server could see two headers", shown(path))
			}
			if one != "" {
				l.fromFiles = append(l.fromFiles, arg{a.name, one, true})
			}
		}
	}
	l.options = kept
	return nil
}

// headerReader reads files of headers.
type headerReader struct {
	stdin    io.Reader
	pipesToo bool
}

func (r headerReader) read(path string) (string, error) {
	var from io.Reader
	if isStdin(path) {
		if !r.pipesToo || r.stdin == nil {
			return "", nil
		}
		from = r.stdin
	} else {
		if err := checkDescriptor(path); err != nil {
			return "", err
		}
		if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !r.pipesToo {
			return "", nil
		}
		f, err := os.Open(path)
		if err != nil {
			return "", fault.New(fault.Usage, "curl's -H @FILE: %w", err)
		}
		defer func() { _ = f.Close() }()
		from = f
	}
	text, err := io.ReadAll(io.LimitReader(from, maxHeaders+1))
	switch {
	case err != nil:
		return "", fault.New(fault.Usage, "curl's -H @FILE: %w", err)
	case len(text) > maxHeaders:
		return "", fault.New(fault.Usage, "curl's -H @FILE: %s has more than 1 MiB", shown(path))
	}
	return string(text), nil
}
