package clientauth

import "authctl/internal/profile"

// Builtin is every method by its registered name (IANA, OAuth Token Endpoint
// Authentication Methods), and `federated`: an assertion someone else made. What
// is decided by a method elsewhere is in profile.AuthMethods.
func Builtin(d Deps) map[string]Builder {
	return map[string]Builder{
		"none":                        func(p *profile.Profile) Authenticator { return public{p} },
		"tls_client_auth":             func(p *profile.Profile) Authenticator { return public{p} },
		"self_signed_tls_client_auth": func(p *profile.Profile) Authenticator { return public{p} },
		"client_secret_basic":         func(p *profile.Profile) Authenticator { return basic{p, d} },
		"client_secret_post":          func(p *profile.Profile) Authenticator { return post{p, d} },
		"client_secret_jwt":           func(p *profile.Profile) Authenticator { return signed{p, d, macKey} },
		"private_key_jwt":             func(p *profile.Profile) Authenticator { return signed{p, d, privateKey} },
		"federated":                   func(p *profile.Profile) Authenticator { return federated{p, d.Secrets} },
	}
}
