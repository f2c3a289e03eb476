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

// Check is the part of Write that needs no token: call it before a server is
// asked, so that a typing error costs no request. Errors are fault.Usage.
func (o Options) Check() error {
	_, err := o.check()
	return err
}

func (o Options) check() (format, error) {
	name := o.Format
	if name == "" {
		name = "token"
	}
	all := formats()
	i := slices.IndexFunc(all, func(f format) bool { return f.name == name })
	if i < 0 {
		return format{}, fault.New(fault.Usage, "unknown output format %q", o.Format).
			Hint("-o is one of %s", strings.Join(Formats(), ", "))
	}
	return all[i], o.fits(all[i])
}

// fits refuses an option that the format would silently ignore: the user meant
// something by it, and got something else.
func (o Options) fits(f format) error {
	if o.Select != "" {
		if err := checkSelect(o.Select); err != nil {
			return err
		}
	}
	switch {
	case o.Select != "" && o.Select != selectAccess && !f.picks:
		return fault.New(fault.Usage, "-o %s is about the access token; --select %s does not fit it", f.name, o.Select).
			Hint("use -o token --select %s", o.Select)
	case o.Shell != "" && !f.shell:
		return fault.New(fault.Usage, "--shell goes with -o env only, not with -o %s", f.name)
	case o.Shell != "" && !slices.Contains(Shells(), o.Shell):
		return fault.New(fault.Usage, "unknown --shell %q", o.Shell).
			Hint("--shell is one of %s", strings.Join(Shells(), ", "))
	case o.EnvPrefix != "" && !f.vars:
		return fault.New(fault.Usage, "--env-prefix goes with -o env, dotenv and github, not with -o %s", f.name)
	case o.EnvPrefix != "" && !isVariableName(o.EnvPrefix):
		return fault.New(fault.Usage, "--env-prefix %q cannot begin a variable's name: letters, digits and _ only, no digit first", o.EnvPrefix)
	case f.name == "github" && o.GithubEnv == "":
		return fault.New(fault.Usage, "-o github needs the GITHUB_ENV variable, which GitHub Actions sets").
			Hint("outside GitHub Actions use -o env or -o dotenv")
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
