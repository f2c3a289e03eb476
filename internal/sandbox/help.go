package sandbox

import (
	"fmt"
	"strings"

	"authctl/internal/sandbox/core"
)

// Help is what `authctl sandbox --help` says; the names of providers live here.
func Help() string {
	var b strings.Builder
	b.WriteString(`Runs strict imitations of providers on 127.0.0.1: SanteDB, Microsoft Entra ID
(Arden & GEM), HelseID, the KL Gateway, SALUS Guardian, Maskinporten, the NHS
England API platform and a SMART server. Keys and secrets are made at every start.

Without a command the profiles file is printed and the providers run until
Ctrl-C. With one it is run with AUTHCTL_CONFIG, AUTHCTL_SANDBOX_URL and the
secrets set, its tokens kept apart from yours; then everything is torn down and
its exit code is passed on.

Faults, NAME or NAME=COUNT, are injected at the token endpoints, or where they say:
`)
	for _, f := range core.FaultList() {
		fmt.Fprintf(&b, "  %-26s%s\n", f.Name, f.Does)
	}
	return strings.TrimRight(b.String(), "\n")
}

// Examples are command lines to begin with.
func Examples() string {
	return `  authctl sandbox -- authctl token -p salus
  authctl sandbox -- sh -c 'for p in santedb ardengem helseid klg salus; do authctl token -p $p -o headers; done'
  authctl sandbox --fault 503=1 -- authctl token -p klg -v`
}

// Welcome says how to use a running sandbox; use is that of WriteEnvFiles.
func (s *Sandbox) Welcome(use string) string {
	return fmt.Sprintf("The sandbox runs at %[1]s until Ctrl-C. In another shell:\n\n%[2]s  authctl token -p salus\n\nRequests so far: curl %[1]s/_sandbox/requests\n", s.URL, use)
}
