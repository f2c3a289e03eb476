package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// call is one command line and its environment.
type call struct {
	env  []string
	argv []string
}

// run is one ended program.
type run struct {
	wall, cpu time.Duration
	out       []byte
}

// cost is what of a run is compared.
type cost func(run) time.Duration

func wall(r run) time.Duration { return r.wall }

func cpu(r run) time.Duration { return r.cpu }

// rounds is how often each program of a row runs.
const rounds = 100

// once runs c to its end.
func once(ctx context.Context, c call) (run, error) {
	cmd := exec.CommandContext(ctx, c.argv[0], c.argv[1:]...)
	cmd.Env = c.env
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	began := time.Now()
	err := cmd.Run()
	took := time.Since(began)
	if err != nil {
		return run{}, fmt.Errorf("%s: %w: %s", filepath.Base(c.argv[0]), err, errs.Bytes())
	}
	return run{took, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), out.Bytes()}, nil
}

// interleaved runs all calls in turn, so that a slow moment of the machine
// meets each of them, and returns the first quartile of the cost of each.
func interleaved(ctx context.Context, cost cost, calls ...call) ([]time.Duration, error) {
	times := make([][]time.Duration, len(calls))
	for round := range rounds + 3 {
		for i, c := range calls {
			r, err := once(ctx, c)
			if err != nil {
				return nil, err
			}
			if round >= 3 { // the first find cold caches
				times[i] = append(times[i], cost(r))
			}
		}
	}
	quartiles := make([]time.Duration, len(calls))
	for i := range times {
		slices.Sort(times[i])
		quartiles[i] = times[i][len(times[i])/4]
	}
	return quartiles, nil
}
