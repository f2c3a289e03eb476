package core

import (
	"errors"
	"sync"
	"time"
)

// Device is one device authorization (RFC 8628) that waits for a person.
type Device struct {
	Client   string
	Scope    string
	UserCode string
	Until    time.Time
	// Challenge is the S256 code_challenge that came with the request, "" for
	// none: RFC 8628 knows none, Keycloak takes one and holds the device to it.
	Challenge string

	interval time.Duration
	polled   time.Time
	state    deviceState
}

type deviceState int

const (
	devicePending deviceState = iota
	deviceApproved
	deviceDenied
	deviceSpent
)

// The answers of RFC 8628 3.5 to a device that polls.
var (
	ErrPending  = errors.New("authorization_pending")
	ErrSlowDown = errors.New("slow_down")
	ErrDenied   = errors.New("access_denied")
	ErrTooLate  = errors.New("expired_token")
	ErrNoDevice = errors.New("invalid_grant")
	ErrNoProof  = errors.New("invalid_grant") // RFC 7636 4.6
)

// slowDown is what each slow_down adds to the interval (RFC 8628 3.5).
const slowDown = 5 * time.Second

// Devices are the device authorizations of one server.
type Devices struct {
	interval time.Duration

	mu    sync.Mutex
	known map[string]*Device
}

// NewDevices has none yet; a device may poll once in every interval.
func NewDevices(interval time.Duration) *Devices {
	return &Devices{interval: interval, known: map[string]*Device{}}
}

// Put remembers a device authorization.
func (s *Devices) Put(deviceCode string, d Device) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d.interval = s.interval
	s.known[deviceCode] = &d
}

// ByUserCode is the waiting device of a user code, or false.
func (s *Devices) ByUserCode(code string, now time.Time) (Device, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.known {
		if d.UserCode == code && d.state == devicePending && now.Before(d.Until) {
			return *d, true
		}
	}
	return Device{}, false
}

// Decide takes the person's decision.
func (s *Devices) Decide(userCode string, approved bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.known {
		if d.UserCode == userCode && d.state == devicePending {
			d.state = deviceDenied
			if approved {
				d.state = deviceApproved
			}
		}
	}
}

// Poll is a device's token request; its error is one of those above.
func (s *Devices) Poll(deviceCode, client, verifier string, now time.Time) (Device, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.known[deviceCode]
	switch {
	case !ok || d.Client != client || d.state == deviceSpent:
		return Device{}, ErrNoDevice
	case now.After(d.Until):
		return Device{}, ErrTooLate
	case !d.polled.IsZero() && now.Sub(d.polled) < d.interval:
		d.polled, d.interval = now, d.interval+slowDown
		return Device{}, ErrSlowDown
	}
	d.polled = now
	switch d.state {
	case deviceDenied:
		return Device{}, ErrDenied
	case deviceApproved:
		if d.Challenge != "" && (Login{Challenge: d.Challenge}).Verify(verifier) != nil {
			return Device{}, ErrNoProof
		}
		d.state = deviceSpent
		return *d, nil
	default:
		return Device{}, ErrPending
	}
}
