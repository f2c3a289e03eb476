// Command bench measures the ratios of docs/benchmarks.md and prints them as a
// Markdown table. Both sides of a ratio run in turn on the same machine in the same
// run, by hyperfine; the sandbox is the server.
//
//	bench BIN
//
// BIN is the folder with authctl and the floor programs, as scripts/bench.sh
// builds them. The keyring row needs a Secret Service on the session bus and
// secret-tool; without them it is left out, saying so.
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
	if _, err := fmt.Fprintf(out, "| what | against | measured | aim |\n|---|---|---|---|\n"); err != nil {
		return err
	}
	var failed error
	for _, row := range append(b.ratios(), b.facts()...) {
		measured, err := row.measure(ctx)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", row.what, err))
			measured = "failed"
		}
		if _, err := fmt.Fprintf(out, "| %s | %s | %s | %s |\n", row.what, row.against, measured, row.aim); err != nil {
			return err
		}
	}
	return failed
}
