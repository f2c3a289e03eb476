package render

import (
	"encoding/json"
	"slices"
	"strings"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/shown"
	"authctl/internal/token"
)

// validateSelect refuses a name that no answer can satisfy, and one that is
// nearly that of a token.
func validateSelect(name string) error {
	switch {
	case slices.Contains(Selects(), name):
		return nil
	case slices.Contains(endpoint.KnownMembers(), name): // authctl has read it, and json shows what it means
		return fault.New(fault.Usage, "--select does not print %s", name).Hint("-o json shows it")
	case profile.Nearest(name, Selects()) != "", strings.ContainsFunc(name, shown.Drives):
		return fault.New(fault.Usage, "unknown --select %q", shown.Clean(name)).
			Hint("--select is one of %s, or another member of the server's answer", strings.Join(Selects(), ", "))
	}
	return nil
}

// extra is one of the other members of the server's answer (SMART App Launch's
// patient, RFC 9396's authorization_details): a string bare, anything else as JSON.
func extra(set token.Set, name string) (secret.Text, error) {
	var members map[string]json.RawMessage
	_ = json.Unmarshal([]byte(set.Extra.Reveal()), &members) // nothing where there is none
	raw, ok := members[name]
	if !ok {
		f := fault.New(fault.Invalid, "the server's answer has no member %q", shown.Clean(name))
		if len(members) > 0 {
			f = f.Hint("-o json shows its members under extra")
		}
		return secret.Text{}, f
	}
	text := string(shown.EscapeJSON(raw))
	var bare string
	if json.Unmarshal(raw, &bare) == nil {
		text = bare
	}
	if strings.ContainsFunc(text, shown.Drives) {
		return secret.Text{}, fault.New(fault.Invalid, "the member %s has control characters and is not printed", shown.Clean(name)).
			Hint("-o json shows it with escapes")
	}
	return secret.New(text), nil
}
