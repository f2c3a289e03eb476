package render

import (
	"slices"
	"strings"

	"authctl/internal/fault"
)

// What --select can name.
const (
	selectAccess  = "access_token"
	selectID      = "id_token"
	selectRefresh = "refresh_token"
)

// defaultPrefix begins the name of every variable.
const defaultPrefix = "AUTHCTL_"

// Selects lists the tokens that --select names; every other value is a member of the answer.
func Selects() []string { return []string{selectAccess, selectID, selectRefresh} }

// Chosen is the format, and the part of Write that needs no token: ask for it
// before a server is asked, so that a typing error costs no request. Errors
// are fault.Usage.
func (o Options) Chosen() (Format, error) {
	f, known := find(o.Format)
	if !known {
		return Format{}, fault.New(fault.Usage, "unknown output format %q", o.Format).
			Hint("-o is one of %s", strings.Join(FormatNames(), ", "))
	}
	return f, o.validateFor(f)
}

// validateFor refuses an option that the format would silently ignore: the
// user meant something by it, and got something else.
func (o Options) validateFor(f Format) error {
	if o.Select != "" {
		if err := validateSelect(o.Select); err != nil {
			return err
		}
	}
	switch {
	case o.Select != "" && o.Select != selectAccess && !f.Selects:
		return fault.New(fault.Usage, "-o %s is about the access token; --select %s does not fit it", f.Name, o.Select).
			Hint("use -o token --select %s", o.Select)
	case o.Shell != "" && !f.Shell:
		return fault.New(fault.Usage, "--shell goes with -o %s, not with -o %s", Listed(func(f Format) bool { return f.Shell }), f.Name)
	case o.Shell != "" && !slices.Contains(Shells(), o.Shell):
		return fault.New(fault.Usage, "unknown --shell %q", o.Shell).
			Hint("--shell is one of %s", strings.Join(Shells(), ", "))
	case o.EnvPrefix != "" && !f.Variables:
		return fault.New(fault.Usage, "--env-prefix goes with -o %s, not with -o %s", Listed(func(f Format) bool { return f.Variables }), f.Name)
	case o.EnvPrefix != "" && !isVariableName(o.EnvPrefix):
		return fault.New(fault.Usage, "--env-prefix %q cannot begin a variable's name: letters, digits and _ only, no digit first", o.EnvPrefix)
	case f.needs != nil:
		return f.needs(o)
	}
	return nil
}

// isVariableName is POSIX XBD 8.1's name.
func isVariableName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
