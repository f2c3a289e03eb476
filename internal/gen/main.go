// Command gen writes what is generated from authctl's command tree:
// completions/ for four shells, docs/cli as Markdown and docs/man as manual
// pages, pictures of terminals, docs/environment.md and the table of docs/exit-codes.md; and from `go list` the rooms in docs/architecture.md. The same tree always gives the same bytes: no dates, no versions.
//
//	go run ./internal/gen [FOLDER]
//
// It is a program of its own so that cobra/doc is not linked into authctl.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"authctl/cmd"
	"authctl/internal/app"
	"authctl/internal/gen/pictures"
)

func main() {
	flag.Parse() // -h names no folder
	folder := "."
	if flag.NArg() > 0 {
		folder = flag.Arg(0)
	}
	ctx := context.Background()
	if err := errors.Join(generate(folder), architecture(ctx, folder), pages(folder), drawn(ctx, folder)); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// pages writes what stands in docs beside the pages of commands.
func pages(root string) error {
	environment := filepath.Join(root, "docs", "environment.md")
	return errors.Join(between(root, codePage, outcomes()), os.WriteFile(environment, []byte(environmentPage()), 0o644))
}

// drawn writes the pictures of terminals.
func drawn(ctx context.Context, root string) error {
	made, err := pictures.Draw(ctx, ".")
	for file, picture := range made {
		err = errors.Join(err, os.WriteFile(filepath.Join(root, "docs", file), []byte(picture), 0o644))
	}
	return err
}

// generate writes every generated folder anew below root, so that the page of a
// command that is no more goes away too.
func generate(root string) error {
	tree := cmd.Tree(app.System{})
	outputs := map[string]func(*cobra.Command, string) error{
		"completions": completions,
		"docs/cli":    markdown,
		"docs/man":    manual,
	}
	for name, write := range outputs {
		folder := filepath.Join(root, filepath.FromSlash(name))
		if err := os.RemoveAll(folder); err != nil {
			return err
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		if err := write(tree, folder); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
