// Package device is the device authorization flow (RFC 8628) for machines
// without a browser: it shows a code and a QR code, and asks politely until a
// person has logged in somewhere else.
package device

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/login"
	"authctl/internal/secret"
	"authctl/internal/shown"
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
	Address    shown.Address // verification_uri
	Complete   shown.Address // verification_uri_complete, zero when there is none
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
		DeviceCode: secret.New(code), UserCode: shown.Clean(user), ExpiresIn: usual, Interval: defaultInterval,
	}
	// verification_url is of drafts, still sent by some.
	named := cmp.Or(m.Text("verification_uri"), m.Text("verification_url"))
	var unfit error
	a.Address, unfit = openable(named)
	if whole := m.Text("verification_uri_complete"); whole != "" && unfit == nil {
		a.Complete, unfit = openable(whole)
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
	case named == "":
		err = errors.New("it has no verification_uri")
	case a.ExpiresIn <= 0:
		err = errors.New("its device_code has expired before it came")
	case unfit != nil:
		err = fmt.Errorf("its address cannot be opened: %w", unfit)
	}
	if err != nil {
		return Authorization{}, strange(err)
	}
	return a, nil
}

func openable(named string) (shown.Address, error) {
	if _, err := shown.ParseNamed(named); err != nil {
		return shown.Address{}, err
	}
	return login.Openable(named)
}

func strange(why error) error {
	return fault.New(fault.Network, "the answer to the device authorization request cannot be used: %w", why).
		Hint("profile field device_authorization_url")
}
