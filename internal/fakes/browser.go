package fakes

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// Browser opens addresses by following their redirects, as a person who is
// logged in already would. Its zero value works.
type Browser struct {
	// Before is called with each address; false means that nothing is opened.
	Before func(address string) bool

	mu     sync.Mutex
	opened []string
	pages  []string
	busy   sync.WaitGroup
}

// Open follows address in the background, as a real browser does.
func (b *Browser) Open(_ context.Context, address string) error {
	b.mu.Lock()
	b.opened = append(b.opened, address)
	b.mu.Unlock()
	if b.Before != nil && !b.Before(address) {
		return nil
	}
	b.busy.Go(func() {
		client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
		resp, err := client.Get(address)
		if err != nil {
			return
		}
		page, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		b.mu.Lock()
		b.pages = append(b.pages, string(page))
		b.mu.Unlock()
	})
	return nil
}

// Opened lists the addresses so far.
func (b *Browser) Opened() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.opened...)
}

// Pages waits for every opened address and gives what they showed in the end.
func (b *Browser) Pages() []string {
	b.busy.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.pages...)
}
