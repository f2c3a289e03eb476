// Package device is the device authorization flow (RFC 8628) for machines
// without a browser: it shows a code and a QR code, and asks politely until a
// person has logged in somewhere else.
package device

import (
	"encoding/json"
	"fmt"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/login"
	"authctl/internal/secret"
)

const (
	// defaultInterval is RFC 8628 3.2's, where the server names none.
	defaultInterval = 5 * time.Second
	// longest is how long a device code is believed to live, whatever the server says.
	longest = 30 * time.Minute
)

// Authorization is the device authorization response (RFC 8628 3.2).
type Authorization struct {
	DeviceCode secret.Text
	UserCode   string
	Address    string // verification_uri
	Complete   string // verification_uri_complete, "" when there is none
	ExpiresIn  time.Duration
	Interval   time.Duration
}

// Parse reads a response. The addresses must be https, or on this machine,
// and all of it fit for a terminal; else the error is a fault.Network.
func Parse(body []byte) (Authorization, error) {
	var r struct {
		DeviceCode string  `json:"device_code"`
		UserCode   string  `json:"user_code"`
		Address    string  `json:"verification_uri"`
		Old        string  `json:"verification_url"` // of drafts, still sent by some
		Complete   string  `json:"verification_uri_complete"`
		ExpiresIn  float64 `json:"expires_in"`
		Interval   float64 `json:"interval"`
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return Authorization{}, strange("it is not the JSON of RFC 8628 3.2")
	}
	if r.Address == "" {
		r.Address = r.Old
	}
	a := Authorization{
		DeviceCode: secret.New(r.DeviceCode), UserCode: endpoint.Clean(r.UserCode), Address: r.Address, Complete: r.Complete,
		ExpiresIn: seconds(r.ExpiresIn, longest), Interval: seconds(r.Interval, longest),
	}
	switch {
	case r.DeviceCode == "" || a.UserCode == "" || a.Address == "":
		return Authorization{}, strange("device_code, user_code or verification_uri is missing")
	case a.ExpiresIn == 0:
		return Authorization{}, strange("expires_in is missing or senseless")
	case !login.Openable(a.Address) || a.Complete != "" && !login.Openable(a.Complete):
		return Authorization{}, strange("its verification_uri is not https")
	}
	if a.Interval == 0 {
		a.Interval = defaultInterval
	}
	return a, nil
}

// seconds is a lifetime between 0 and most; what makes no sense is 0.
func seconds(n float64, most time.Duration) time.Duration {
	if !(n > 0) {
		return 0
	}
	return time.Duration(min(n, most.Seconds()) * float64(time.Second))
}

func strange(why string) error {
	return fault.New(fault.Network, "the answer to the device authorization request cannot be used: %w", fmt.Errorf("%s", why)).
		Hint("profile field device_authorization_url")
}
