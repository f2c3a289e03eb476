// Package device is the device authorization flow (RFC 8628) for machines
// without a browser: it shows a code and a QR code, and asks politely until a
// person has logged in somewhere else.
package device

import (
	"cmp"
	"errors"
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
	// usual is how long it is believed to live where the server says nothing that can be read.
	usual = 10 * time.Minute
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

// Parse reads a response. The codes and addresses must be there, the addresses
// https or on this machine, and all of it fit for a terminal; else the error is
// a fault.Network. The times only inform: the server says when a code is over.
func Parse(answer endpoint.Answer) (Authorization, error) {
	m, err := answer.Members()
	if err != nil {
		return Authorization{}, strange(err)
	}
	code, err := m.Need("device_code")
	if err != nil {
		return Authorization{}, strange(err)
	}
	user, err := m.Need("user_code")
	if err != nil {
		return Authorization{}, strange(err)
	}
	a := Authorization{
		DeviceCode: secret.New(code), UserCode: endpoint.Clean(user), Complete: m.Text("verification_uri_complete"),
		// verification_url is of drafts, still sent by some.
		Address: cmp.Or(m.Text("verification_uri"), m.Text("verification_url")), ExpiresIn: usual, Interval: defaultInterval,
	}
	if life, ok := m.Seconds("expires_in"); ok {
		a.ExpiresIn = min(life, longest)
	}
	if pace, ok := m.Seconds("interval"); ok && pace > 0 {
		a.Interval = min(pace, longest)
	}
	switch {
	case a.UserCode == "":
		err = errors.New("its user_code cannot be shown")
	case a.Address == "":
		err = errors.New("it has no verification_uri")
	case a.ExpiresIn <= 0:
		err = errors.New("its device_code has expired before it came")
	case !login.Openable(a.Address) || a.Complete != "" && !login.Openable(a.Complete):
		err = errors.New("its verification_uri is not https")
	}
	if err != nil {
		return Authorization{}, strange(err)
	}
	return a, nil
}

func strange(why error) error {
	return fault.New(fault.Network, "the answer to the device authorization request cannot be used: %w", why).
		Hint("profile field device_authorization_url")
}
