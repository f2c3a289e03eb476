package login

import (
	"authctl/internal/endpoint"
	"authctl/internal/fault"
)

// ParsePushed reads the answer to a pushed authorization request (RFC 9126
// 2.2). How long the request_uri lives only informs: without it the server
// says when it is over.
func ParsePushed(a endpoint.Answer) (Pushed, error) {
	m, err := a.Members()
	if err != nil {
		return Pushed{}, notPushed(err)
	}
	uri, err := m.Need("request_uri")
	if err != nil {
		return Pushed{}, notPushed(err)
	}
	p := Pushed{RequestURI: uri}
	if lifetime, ok := m.Seconds("expires_in"); ok && lifetime > 0 {
		p.ExpiresIn = lifetime
	}
	return p, nil
}

func notPushed(why error) error {
	return fault.New(fault.Network, "the answer to the pushed authorization request cannot be used: %w", why).
		Hint("profile field par_url, or login.pushed: never")
}
