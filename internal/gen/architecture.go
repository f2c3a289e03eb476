package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	page     = "docs/architecture.md"
	codePage = "docs/exit-codes.md"
	begin    = "<!-- generated: make generate -->\n"
	end      = "<!-- end of generated -->\n"
)

// architecture puts the rooms into the page of this tree and writes it below root.
func architecture(ctx context.Context, root string) error {
	rooms, rows, err := program(ctx)
	if err != nil {
		return err
	}
	return between(root, page, picture(rooms, rows)+table(rooms, rows))
}

// between puts made between the markers of a page of this tree and writes it below root.
func between(root, page, made string) error {
	text, err := os.ReadFile(filepath.FromSlash(page))
	if err != nil {
		return err
	}
	before, rest, ok := bytes.Cut(text, []byte(begin))
	_, after, closed := bytes.Cut(rest, []byte(end))
	if !ok || !closed {
		return errors.New(page + " has lost its markers")
	}
	to := filepath.Join(root, filepath.FromSlash(page))
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, slices.Concat(before, []byte(begin+made+end), after), 0o644)
}

// picture is Mermaid text: a row for each layer, highest first.
func picture(rooms map[string]*room, rows [][]string) string {
	var b strings.Builder
	b.WriteString("```mermaid\nflowchart TB\n")
	for i, row := range slices.Backward(rows) {
		fmt.Fprintf(&b, "  subgraph row%d[\" \"]\n    direction LR\n", i)
		for _, name := range row {
			fmt.Fprintf(&b, "    %s[\"%s\"]\n", node(name), name)
		}
		b.WriteString("  end\n")
	}
	for _, row := range slices.Backward(rows) {
		for _, name := range row {
			for _, to := range needed(rooms, name) {
				fmt.Fprintf(&b, "  %s --> %s\n", node(name), node(to))
			}
		}
	}
	b.WriteString("```\n\n")
	return b.String()
}

// node keeps a room's name from being a word of Mermaid.
func node(name string) string { return "room_" + name }

// table is each room with the first sentence of its doc comment, highest first.
func table(rooms map[string]*room, rows [][]string) string {
	var b strings.Builder
	b.WriteString("| room | what it is |\n|---|---|\n")
	for _, row := range slices.Backward(rows) {
		for _, name := range row {
			fmt.Fprintf(&b, "| `%s` | %s |\n", strings.TrimPrefix(folder(name), "authctl/"), said(rooms[name].doc))
		}
	}
	return b.String()
}

// said is a doc comment without the words that go doc wants it to begin with.
func said(doc string) string {
	words := strings.SplitN(doc, " ", 3)
	if len(words) < 3 {
		return doc
	}
	text := strings.ReplaceAll(strings.TrimPrefix(words[2], "is "), "|", `\|`)
	return strings.ToUpper(text[:1]) + text[1:]
}
