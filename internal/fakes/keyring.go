// Package fakes stands in for the outside world in tests.
package fakes

import (
	"sync"

	"authctl/internal/secretstore"
)

// Keyring is an OS keyring in memory. Its zero value is empty and works.
type Keyring struct {
	mu    sync.Mutex
	items map[[2]string]string
	calls int

	// Fail, when it returns an error, is what the call named get, set or delete answers.
	Fail func(call string) error
	// Hang blocks every call until it is closed.
	Hang chan struct{}
	// Forget makes Set report success and keep nothing, as a dismissed prompt does.
	Forget bool
}

func (k *Keyring) begin(call string) error {
	if k.Hang != nil {
		<-k.Hang
	}
	k.mu.Lock()
	k.calls++
	k.mu.Unlock()
	if k.Fail != nil {
		return k.Fail(call)
	}
	return nil
}

// Get returns an item or secretstore.ErrAbsent.
func (k *Keyring) Get(service, user string) (string, error) {
	if err := k.begin("get"); err != nil {
		return "", err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	v, ok := k.items[[2]string{service, user}]
	if !ok {
		return "", secretstore.ErrAbsent
	}
	return v, nil
}

// Set keeps an item.
func (k *Keyring) Set(service, user, password string) error {
	if err := k.begin("set"); err != nil || k.Forget {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.items == nil {
		k.items = map[[2]string]string{}
	}
	k.items[[2]string{service, user}] = password
	return nil
}

// Delete removes an item; secretstore.ErrAbsent when there is none.
func (k *Keyring) Delete(service, user string) error {
	if err := k.begin("delete"); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, ok := k.items[[2]string{service, user}]; !ok {
		return secretstore.ErrAbsent
	}
	if !k.Forget {
		delete(k.items, [2]string{service, user})
	}
	return nil
}

// Calls is how often the keyring was asked.
func (k *Keyring) Calls() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.calls
}
