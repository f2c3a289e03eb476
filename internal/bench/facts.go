package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"

	"authctl/internal/sandbox"
)

// facts are the rows that are no ratio.
func (b *bed) facts() []row {
	fresh := b.args("token", "-p", "salus")
	peak := func(r run) string { return fmt.Sprintf("%.1f MB", float64(r.used.peak)/1e6) }
	return []row{
		{"`token`, fresh, `store: file`", "instructions", "<= 3.7 M", each(func(ctx context.Context, a string) (string, error) { return instructions(ctx, fresh(a)) })},
		fact("`token`, fresh, `store: file`", "minor page faults", "<= 500", fresh, func(r run) string { return fmt.Sprint(r.used.faults) }),
		fact("`token`, fresh", "peak memory", "<= 12 MB", fresh, peak),
		fact("`token`, `store: none`", "peak memory", "<= 12 MB", with(fresh, "AUTHCTL_STORE=none"), peak),
		{"100 processes at once, nothing kept", "a server that takes 0.2 s", "1 request", each(b.herd(100))},
		{"400 processes at once, nothing kept", "a server that takes 0.2 s", "1 request, wall <= 0.7 s", each(b.herd(400))},
		{"`authctl`, stripped", "", "<= 12.5 MB", each(func(_ context.Context, a string) (string, error) {
			info, err := os.Stat(a)
			if err != nil {
				return "", err
			}
			return fmt.Sprintf("%.2f MB", float64(info.Size())/1e6), nil
		})},
	}
}

// each measures one authctl after the other.
func each(one func(ctx context.Context, authctl string) (string, error)) func(context.Context, []string) ([]string, error) {
	return func(ctx context.Context, authctls []string) (cells []string, err error) {
		for _, a := range authctls {
			cell, wrong := one(ctx, a)
			cells, err = append(cells, cell), errors.Join(err, wrong)
		}
		return cells, err
	}
}

// fact is what one run of s, the second, used.
func fact(what, unit, aim string, s side, say func(run) string) row {
	return row{what, unit, aim, each(func(ctx context.Context, a string) (string, error) {
		if _, err := once(ctx, s(a)); err != nil {
			return "", err
		}
		r, err := once(ctx, s(a))
		return say(r), err
	})}
}

// instructions counts them by callgrind, which no busy machine disturbs.
func instructions(ctx context.Context, c call) (string, error) {
	if _, err := exec.LookPath("valgrind"); err != nil {
		return "no valgrind here", nil
	}
	cmd := exec.CommandContext(ctx, "valgrind", append([]string{"--tool=callgrind", "--callgrind-out-file=/dev/null"}, c.argv...)...)
	cmd.Env = c.env
	out, err := cmd.CombinedOutput()
	found := regexp.MustCompile(`Collected : (\d+)`).FindSubmatch(out)
	if err != nil || found == nil {
		return "", fmt.Errorf("valgrind: %w: %.200s", err, out)
	}
	return fmt.Sprintf("%.2f M", number(found[1])/1e6), nil
}

func number(digits []byte) (n float64) {
	_, _ = fmt.Sscan(string(digits), &n)
	return n
}

// herd starts n processes that all want the same token, which is not there
// yet, from a server that takes 200 ms.
func (b *bed) herd(n int) func(context.Context, string) (string, error) {
	return func(ctx context.Context, authctl string) (string, error) {
		box, err := sandbox.Start(ctx, sandbox.Options{Now: time.Now, Rand: rand.Reader, Latency: 200 * time.Millisecond})
		if err != nil {
			return "", err
		}
		defer box.Close()
		far := &bed{bin: b.bin, box: box, folder: box.Dir()}
		tokens, cpu, failed := map[string]int{}, time.Duration(0), error(nil)
		var mu sync.Mutex
		var all sync.WaitGroup
		began := time.Now()
		for range n {
			all.Go(func() {
				r, err := once(ctx, far.args("token", "-p", "salus")(authctl))
				mu.Lock()
				defer mu.Unlock()
				tokens[string(r.out)]++
				cpu, failed = cpu+r.cpu, errors.Join(failed, err)
			})
		}
		all.Wait()
		took := time.Since(began)
		if failed != nil {
			return "", fmt.Errorf("%.300s", strings.TrimSpace(failed.Error()))
		}
		requests, err := far.output(ctx, os.Environ(), "curl", "-qsf", box.URL+"/_sandbox/requests?path=/salus/token")
		return fmt.Sprintf("%s requests, %d tokens, %.1f s, CPU %.1f s", bytes.TrimSpace(requests), len(tokens), took.Seconds(), cpu.Seconds()), err
	}
}
