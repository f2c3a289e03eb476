// Mutants removes the guards of docs/threats.md one after the other, each in a
// copy of the tree, and says whether a test notices (make mutants).
//
// Run it in the root folder, with ids of table.txt for some guards only. It
// exits with 1 when a guard's removal is not noticed or a line of the table is
// wrong.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout, os.Args[1:]); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "mutants:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}

// run tries the guards of those ids, all when there are none, and writes the
// table of docs/threats-mutants.md on w, line by line.
func run(ctx context.Context, w io.Writer, ids []string) (err error) {
	t, err := readTable(tablePath)
	if err != nil {
		return err
	}
	chosen, err := t.only(ids)
	if err != nil {
		return err
	}
	tree, err := os.MkdirTemp("", "authctl-mutants-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(tree) }()
	if err := copyTracked(ctx, tree); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(w, "| row | guard | file | noticed by |\n|---|---|---|---|")
	began, missed := time.Now(), 0
	for _, m := range chosen {
		v := m.try(ctx, tree)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !v.noticed {
			missed++
		}
		_, _ = fmt.Fprintln(w, m.line(v.text))
	}
	if missed > 0 {
		return fmt.Errorf("%d of %d guards: no test noticed, or the table is wrong", missed, len(chosen))
	}
	_, _ = fmt.Fprintf(w, "\n%d guards, each noticed, in %s\n", len(chosen), time.Since(began).Round(time.Second))
	return nil
}

// line is the guard's line of the table.
func (m mutant) line(verdict string) string {
	return fmt.Sprintf("| %d | %s | %s | %s |", m.row, m.id, m.file, verdict)
}
