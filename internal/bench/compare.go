package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// side is one side of a comparison, for one authctl.
type side func(authctl string) call

// always is a side that no authctl has part in.
func always(c call) side { return func(string) call { return c } }

// floor is a program of internal/bench/floor.
func (b *bed) floor(program string, args ...string) side {
	return always(call{b.env(), append([]string{b.program(program)}, args...)})
}

// args is authctl with these arguments, its store a file of its own.
func (b *bed) args(args ...string) side {
	return func(authctl string) call {
		return call{b.env("XDG_STATE_HOME=" + b.state(authctl)), append([]string{authctl}, args...)}
	}
}

// with adds to the environment; the last of a name holds.
func with(s side, env ...string) side {
	return func(authctl string) call {
		c := s(authctl)
		return call{append(c.env, env...), c.argv}
	}
}

// ratio compares one with the sum of the others.
func ratio(what, against, aim string, one side, others ...side) row {
	return compare(what, against, aim, wall, func(mine, floor time.Duration) string {
		return fmt.Sprintf("%.2fx", float64(mine)/float64(floor))
	}, append([]side{one}, others...)...)
}

func difference(what, against, aim string, cost cost, one, other side) row {
	return compare(what, against, aim, cost, func(mine, floor time.Duration) string {
		return fmt.Sprintf("%+.1f ms", (mine-floor).Seconds()*1000)
	}, one, other)
}

// compare runs all sides for all authctls in turn.
func compare(what, against, aim string, cost cost, say func(mine, floor time.Duration) string, sides ...side) row {
	return row{what, against, aim, func(ctx context.Context, authctls []string) ([]string, error) {
		var calls []call
		for _, a := range authctls {
			for _, s := range sides {
				calls = append(calls, s(a))
			}
		}
		times, err := interleaved(ctx, cost, calls...)
		if err != nil {
			return nil, err
		}
		var cells []string
		for of := range slices.Chunk(times, len(sides)) {
			var floor time.Duration
			var shown []string
			for _, t := range of[1:] {
				floor += t
				shown = append(shown, millis(t))
			}
			cells = append(cells, fmt.Sprintf("%s (%s / %s)", say(of[0], floor), millis(of[0]), strings.Join(shown, " + ")))
		}
		return cells, nil
	}}
}

func millis(d time.Duration) string { return fmt.Sprintf("%.1f ms", d.Seconds()*1000) }
