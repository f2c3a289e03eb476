package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
)

// facts are the rows that are no ratio.
func (b *bed) facts() []row {
	fresh := b.args("token", "-p", "salus")
	cold := with(fresh, "AUTHCTL_STORE=none")
	far := with(cold, "AUTHCTL_CONFIG="+b.far.system, "SSL_CERT_FILE="+b.far.bundle)
	return []row{
		{"`token`, fresh, `store: file`", "instructions", "<= 3.7 M", each(func(ctx context.Context, a string) (string, error) { return instructions(ctx, fresh(a)) })},
		b.fact("`token`, fresh, `store: file`", "minor page faults", "<= 500", fresh, func(faults, _ int64) string { return fmt.Sprint(faults) }),
		b.fact("`token`, fresh, `store: file`", "peak memory", "<= 12 MB", fresh, megabytes),
		b.fact("`token`, `store: none`", "peak memory", "<= 12 MB", cold, megabytes),
		b.fact("`token`, `store: none`, https, the system's roots", "peak memory", "<= 18 MB", far, megabytes),
		{"100 processes at once, nothing kept", "a server that takes 0.2 s", "1 request", each(b.herd(100))},
		{"400 processes at once, nothing kept", "a server that takes 0.2 s", "1 request, <= 0.7 s, CPU <= 1.5x", each(b.herd(400))},
		{"`authctl`, stripped", "", "<= 12.5 MB", each(func(_ context.Context, a string) (string, error) {
			info, err := os.Stat(a)
			if err != nil {
				return "", err
			}
			return fmt.Sprintf("%.2f MB", float64(info.Size())/1e6), nil
		})},
	}
}

func megabytes(_, peak int64) string { return fmt.Sprintf("%.1f MB", float64(peak)/1e6) }

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

// fact is the median of what several runs of s used, as floor/spawn reports it.
func (b *bed) fact(what, unit, aim string, s side, say func(faults, peak int64) string) row {
	return row{what, unit, aim, each(func(ctx context.Context, a string) (string, error) {
		c := s(a)
		c.argv = append([]string{b.program("spawn")}, c.argv...)
		var faults, peaks []int64
		for range several {
			r, err := once(ctx, c)
			if err != nil {
				return "", err
			}
			var fault, peak int64
			if _, err := fmt.Sscan(string(r.out), &fault, &peak); err != nil {
				return "", fmt.Errorf("spawn: %w", err)
			}
			faults, peaks = append(faults, fault), append(peaks, peak)
		}
		slices.Sort(faults)
		slices.Sort(peaks)
		return say(faults[several/2], peaks[several/2]), nil
	})}
}

// several runs tell a fact: where the garbage collector falls differs.
const several = 9

// instructions counts them by callgrind, which no busy machine disturbs: the
// fewest of several runs. Go's preemption signals (SIGURG) make callgrind abort.
func instructions(ctx context.Context, c call) (string, error) {
	if _, err := exec.LookPath("valgrind"); err != nil {
		return "no valgrind here", nil
	}
	if _, err := once(ctx, c); err != nil {
		return "", err
	}
	collected, fewest := regexp.MustCompile(`Collected : (\d+)`), 0.0
	for range several {
		cmd := exec.CommandContext(ctx, "valgrind", append([]string{"--tool=callgrind", "--callgrind-out-file=/dev/null"}, c.argv...)...)
		cmd.Env = append(c.env, "GODEBUG=asyncpreemptoff=1")
		out, err := cmd.CombinedOutput()
		if found := collected.FindSubmatch(out); err == nil && found != nil && (fewest == 0 || number(found[1]) < fewest) {
			fewest = number(found[1])
		}
	}
	if fewest == 0 {
		return "this valgrind cannot run it", nil
	}
	return fmt.Sprintf("%.2f M", fewest/1e6), nil
}

func number(digits []byte) (n float64) {
	_, _ = fmt.Sscan(string(digits), &n)
	return n
}
