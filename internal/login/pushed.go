package login

import (
	"encoding/json"
	"time"

	"authctl/internal/fault"
)

// ParsePushed reads the answer to a pushed authorization request (RFC 9126 2.2).
func ParsePushed(body []byte) (Pushed, error) {
	var r struct {
		RequestURI string  `json:"request_uri"`
		ExpiresIn  float64 `json:"expires_in"`
	}
	if err := json.Unmarshal(body, &r); err != nil || r.RequestURI == "" {
		return Pushed{}, fault.New(fault.Network, "the answer to the pushed authorization request has no request_uri").
			Hint("profile field par_url, or login.pushed: never")
	}
	p := Pushed{RequestURI: r.RequestURI}
	if r.ExpiresIn > 0 && r.ExpiresIn < 1<<31 {
		p.ExpiresIn = time.Duration(r.ExpiresIn * float64(time.Second))
	}
	return p, nil
}
