package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"authctl/internal/sandbox"
)

// herd starts n processes that all want the same token, which is not there yet,
// from a server that takes 200 ms; then n that find it.
func (b *bed) herd(n int) func(context.Context, string) (string, error) {
	return func(ctx context.Context, authctl string) (string, error) {
		box, err := sandbox.Start(ctx, sandbox.Options{Now: time.Now, Rand: rand.Reader, Latency: 200 * time.Millisecond})
		if err != nil {
			return "", err
		}
		defer box.Close()
		slow := &bed{bin: b.bin, box: box, folder: box.Dir()}
		token := slow.args("token", "-p", "salus")(authctl)
		cold, err := atOnce(ctx, n, token)
		if err != nil {
			return "", err
		}
		fresh, err := atOnce(ctx, n, token)
		if err != nil {
			return "", err
		}
		requests, err := slow.output(ctx, os.Environ(), "curl", "-qsf", box.URL+"/_sandbox/requests?path=/salus/token")
		return fmt.Sprintf("requests: %s, tokens: %d, %.1f s, CPU %.1f s, %.1fx that of fresh ones (%.1f s)", bytes.TrimSpace(requests),
			len(cold.tokens), cold.took.Seconds(), cold.cpu.Seconds(), float64(cold.cpu)/float64(fresh.cpu), fresh.took.Seconds()), err
	}
}

// crowd is what many processes made of it.
type crowd struct {
	tokens    map[string]int
	took, cpu time.Duration
}

// atOnce runs c n times side by side.
func atOnce(ctx context.Context, n int, c call) (crowd, error) {
	all, failed := crowd{tokens: map[string]int{}}, error(nil)
	var mu sync.Mutex
	var group sync.WaitGroup
	began := time.Now()
	for range n {
		group.Go(func() {
			r, err := once(ctx, c)
			mu.Lock()
			defer mu.Unlock()
			all.tokens[string(r.out)]++
			all.cpu, failed = all.cpu+r.cpu, errors.Join(failed, err)
		})
	}
	group.Wait()
	all.took = time.Since(began)
	if failed != nil {
		return crowd{}, fmt.Errorf("%.300s", strings.TrimSpace(failed.Error()))
	}
	return all, nil
}
