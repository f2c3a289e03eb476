package render

import (
	"bytes"
	"io"
	"slices"
	"strings"
)

// Format is one value of -o: the table below is all that the program knows
// about it, and exactly the options it names may be set.
type Format struct {
	Name       string
	Purpose    string // what it prints, for the shells' completions
	Authorizes bool   // shows the token as an Authorization header, so its type must fit
	BearerOnly string // the program that takes it, where that sends every token as Bearer
	Headers    bool   // shows api.headers: others must not fail over a secret that they do not show
	Proof      bool   // takes --for
	Variables  bool   // takes --env-prefix
	Shell      bool   // takes --shell
	Selects    bool   // takes --select
	unquoted   bool   // its readers paste the token as it stands into shells
	write      func(b *bytes.Buffer, r Result, o Options) error
	needs      func(o Options) error                                        // what must be there beside the options, nil for nothing
	deliver    func(w io.Writer, printed []byte, r Result, o Options) error // where stdout is not all that it fills
}

// Formats is every value of -o, the default first.
func Formats() []Format {
	return []Format{
		{Name: "token", Purpose: "the token itself", Selects: true, write: writeToken},
		{Name: "header", Purpose: "the Authorization line", Authorizes: true, write: writeHeader},
		{Name: "headers", Purpose: "every header that the API wants, one a line", Authorizes: true, Headers: true, Proof: true, write: writeHeaders},
		{Name: "json", Purpose: "one JSON object with all that is known", Selects: true, write: writeJSON},
		{Name: "env", Purpose: "statements that set variables of a shell", Authorizes: true, Headers: true, Variables: true, Shell: true, write: writeEnv},
		{Name: "dotenv", Purpose: "NAME=value lines without quotes", Authorizes: true, Headers: true, Variables: true, unquoted: true, write: writeDotenv},
		{
			Name: "github", Purpose: "variables of a GitHub Actions job, masked in its log", Authorizes: true, Headers: true, Variables: true, unquoted: true,
			needs: needGithubEnv, write: writeGithubMasks, deliver: deliverGithub,
		},
		{Name: "curl", Purpose: "a config for curl -K -", Authorizes: true, Headers: true, Proof: true, write: writeCurl},
		{Name: "kube", Purpose: "an ExecCredential for kubectl", Authorizes: true, BearerOnly: "kubectl", write: writeKube},
		{Name: "mcp-headers", Purpose: "one JSON object of headers for an MCP client", Authorizes: true, Headers: true, Proof: true, write: writeMCPHeaders},
	}
}

// FormatNames lists the values of -o.
func FormatNames() []string { return Which(func(Format) bool { return true }) }

// Which lists the formats of which holds is true, such as those that take an option.
func Which(holds func(Format) bool) []string {
	var names []string
	for _, f := range Formats() {
		if holds(f) {
			names = append(names, f.Name)
		}
	}
	return names
}

// Listed is Which in words: "env, dotenv and github".
func Listed(holds func(Format) bool) string {
	names := Which(holds)
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// find is the format of a name; "" is the default.
func find(name string) (Format, bool) {
	all := Formats()
	i := slices.IndexFunc(all, func(f Format) bool { return f.Name == name })
	if name == "" {
		i = 0
	}
	if i < 0 {
		return Format{}, false
	}
	return all[i], true
}
