package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// call is one command line and its environment.
type call struct {
	env  []string
	argv []string
}

// rounds: both sides are measured in turn this often, so that a slow minute of
// the machine meets both.
const rounds = 8

// medians runs both calls by hyperfine and returns the median wall time of each.
func (b *bed) medians(ctx context.Context, one, other call) (time.Duration, time.Duration, error) {
	var times [2][]float64
	for range rounds {
		for side, c := range []call{one, other} {
			seconds, err := b.hyperfine(ctx, c)
			if err != nil {
				return 0, 0, err
			}
			times[side] = append(times[side], seconds...)
		}
	}
	return median(times[0]), median(times[1]), nil
}

// hyperfine runs one call 20 times, without a shell, and returns the seconds of each.
func (b *bed) hyperfine(ctx context.Context, c call) ([]float64, error) {
	file := filepath.Join(b.folder, "hyperfine.json")
	quoted := make([]string, len(c.argv))
	for i, arg := range c.argv {
		quoted[i] = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
	}
	cmd := exec.CommandContext(ctx, "hyperfine", "--shell=none", "--warmup=3", "--runs=20", "--style=none",
		"--export-json="+file, strings.Join(quoted, " "))
	cmd.Env = c.env
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("hyperfine: %w: %s", err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var report struct {
		Results []struct{ Times []float64 }
	}
	if err := json.Unmarshal(text, &report); err != nil {
		return nil, err
	}
	if len(report.Results) != 1 || len(report.Results[0].Times) == 0 {
		return nil, fmt.Errorf("hyperfine reported no times")
	}
	return report.Results[0].Times, nil
}

func median(seconds []float64) time.Duration {
	slices.Sort(seconds)
	return time.Duration(seconds[len(seconds)/2] * float64(time.Second))
}
