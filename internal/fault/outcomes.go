package fault

// Outcomes is success and each Kind, in their order: `help exit-codes` and
// docs/exit-codes.md are made of it. The codes are a contract with scripts.
func Outcomes() []Outcome {
	return []Outcome{
		{0, "", "done; what was asked for is on stdout"},
		{1, "internal", "a fault of authctl, or its output could not be written"},
		{2, "usage", "wrong flags or arguments"},
		{3, "config", "the profile, its file, a key file, a secret reference or a proxy variable"},
		{4, "refused", "the server said no"},
		{5, "network", `DNS, connection, TLS, time-out, an answer that is no answer, or "later"`},
		{6, "store", "the keyring or the token store"},
		{7, "invalid", "a token is invalid, expired or could not be verified"},
		{8, "login", "a person must log in: no session, a session that is over, a status that lists nothing still good, or a refresh " +
			"to which the server answered that it wants to see the person (interaction_required, login_required, consent_required, mfa_required)"},
		{130, "interrupted", "SIGINT, SIGTERM or SIGHUP"},
	}
}
