// Command bench measures the ratios of docs/benchmarks.md and prints them as a
// Markdown table. All sides of a ratio run in turn on the same machine in the
// same run; the sandbox is the server.
//
//	bench BIN
//
// BIN is the folder with authctl and the floor programs, as scripts/bench.sh
// builds them, and perhaps an earlier authctl named before. The keyring row needs
// a Secret Service on the session bus and secret-tool, the instructions valgrind;
// without them the table says so.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"time"

	"authctl/internal/sandbox"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: bench BIN")
		os.Exit(2)
	}
	if err := bench(ctx, os.Args[1], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, bin string, out io.Writer) error {
	box, err := sandbox.Start(ctx, sandbox.Options{Now: time.Now, Rand: rand.Reader})
	if err != nil {
		return err
	}
	defer box.Close()
	b := &bed{bin: bin, box: box, folder: filepath.Join(box.Dir(), "bench")}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	defer b.far.server.Close()
	if _, err := fmt.Fprintf(out, "| what | against | before | measured | aim |\n|---|---|---|---|---|\n"); err != nil {
		return err
	}
	var failed error
	for _, row := range slices.Concat(b.ratios(), b.facts()) {
		cells, err := row.measure(ctx, b.authctls())
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", row.what, err))
			cells = []string{"failed"}
		}
		before, now := "", cells[0]
		if len(cells) > 1 {
			before = cells[1]
		}
		if _, err := fmt.Fprintf(out, "| %s | %s | %s | %s | %s |\n", row.what, row.against, before, now, row.aim); err != nil {
			return err
		}
	}
	return failed
}
