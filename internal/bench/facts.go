package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"

	"authctl/internal/sandbox"
)

// facts are the rows that are no ratio.
func (b *bed) facts() []row {
	return []row{
		{"100 processes at once, nothing kept", "requests at the server", "1, all tokens equal", b.herd},
		{"`authctl`, stripped", "", "<= 12.5 MB", func(context.Context) (string, error) {
			info, err := os.Stat(b.program("authctl"))
			if err != nil {
				return "", err
			}
			return fmt.Sprintf("%.1f MB", float64(info.Size())/1e6), nil
		}},
		{"peak memory of `token`, `store: none`", "", "<= 24 MB", b.peak},
	}
}

// herd starts 100 processes that all want the same token, which is not there
// yet, from a server that takes 200 ms.
func (b *bed) herd(ctx context.Context) (string, error) {
	const n = 100
	box, err := sandbox.Start(ctx, sandbox.Options{Now: time.Now, Rand: rand.Reader, Latency: 200 * time.Millisecond})
	if err != nil {
		return "", err
	}
	defer box.Close()
	slow := &bed{bin: b.bin, box: box, folder: box.Dir()}
	tokens, failures := map[string]int{}, []error{}
	var mu sync.Mutex
	var all sync.WaitGroup
	began := time.Now()
	for range n {
		all.Go(func() {
			out, err := slow.output(ctx, slow.env(), slow.program("authctl"), "token", "-p", "salus")
			mu.Lock()
			defer mu.Unlock()
			tokens[string(out)]++
			if err != nil {
				failures = append(failures, err)
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	if len(failures) > 0 {
		return "", fmt.Errorf("%d of %d failed: %w", len(failures), n, failures[0])
	}
	requests, err := slow.output(ctx, os.Environ(), "curl", "-qsf", box.URL+"/_sandbox/requests?path=/salus/token")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s requests, %d different tokens, %.1f s in all", bytes.TrimSpace(requests), len(tokens), took.Seconds()), nil
}

// peak is the maximum resident set of one token request.
func (b *bed) peak(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, b.program("authctl"), "token", "-p", "salus")
	cmd.Env = b.env("AUTHCTL_STORE=none")
	if err := cmd.Run(); err != nil {
		return "", err
	}
	return residentSet(cmd.ProcessState), nil
}
