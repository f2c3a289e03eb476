package arch

// Layers lists every package below internal/, lowest first. A package imports
// only packages of the lines below its own: never sideways, never up.
// internal/gen draws docs/architecture.md from it.
func Layers() [][]string {
	return [][]string{
		{"shown"},
		{"fault", "secret", "files"},
		{"token", "profile", "keys", "engine"},
		{"jwt", "trust", "endpoint", "store", "secretstore", "saml", "strict"},
		{"metadata", "clientauth", "grant", "registration", "wstrust"},
		{"acquire", "config"},
		{"login", "render", "sandbox", "inspect", "doctor", "rotation"},
		{"curl", "host", "session"},
		{"app"},
	}
}
