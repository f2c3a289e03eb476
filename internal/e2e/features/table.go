//go:build e2e

package features

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"testing"
	"text/tabwriter"
)

// Column is one server's verdicts.
type Column struct {
	Server string
	Cells  map[Feature]Verdict
}

// Start begins a server's column. When the test ends every row that it did not
// try is its failure, and the table is printed: with the columns of the servers
// before it when AUTHCTL_E2E_TABLE names the file in which they are collected.
func Start(t *testing.T, server string) *Column {
	c := &Column{server, map[Feature]Verdict{}}
	t.Cleanup(func() {
		for _, f := range All() {
			if _, tried := c.Cells[f]; !tried {
				t.Errorf("%s: no verdict on %q", server, f)
			}
		}
		columns, err := collect(os.Getenv("AUTHCTL_E2E_TABLE"), c)
		if err != nil {
			t.Error(err)
		}
		if err := Print(os.Stdout, columns); err != nil {
			t.Error(err)
		}
	})
	return c
}

// Fill tries one feature after the other, in the order of All.
func (c *Column) Fill(t *testing.T, tries map[Feature]func(*testing.T) Verdict) {
	t.Helper()
	for _, f := range All() {
		if try, ok := tries[f]; ok {
			c.cell(t, f, try)
		}
	}
}

// cell tries one feature in a subtest. What try does not survive is a cell that says so.
func (c *Column) cell(t *testing.T, f Feature, try func(t *testing.T) Verdict) {
	t.Helper()
	t.Run(string(f), func(t *testing.T) {
		c.Cells[f] = Verdict{Mark: "FAILS", Note: "see the test " + t.Name()}
		v := try(t)
		if t.Failed() {
			return
		}
		c.Cells[f] = v
		if v.Mark == Untried("").Mark {
			t.Skip(v.Note)
		}
	})
}

// collect adds a column to those of the file and returns all; without a file it
// is the only one.
func collect(file string, c *Column) ([]*Column, error) {
	if file == "" {
		return []*Column{c}, nil
	}
	var all []*Column
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &all); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	all = slices.DeleteFunc(all, func(old *Column) bool { return old.Server == c.Server })
	all = append(all, c)
	if text, err = json.Marshal(all); err != nil {
		return nil, err
	}
	return all, os.WriteFile(file, text, 0o600)
}

// Print writes the table, and below it the notes to which its cells refer.
func Print(w io.Writer, columns []*Column) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "\nfeature")
	for _, c := range columns {
		fmt.Fprintf(table, "\t%s", c.Server)
	}
	fmt.Fprintln(table)
	var notes []string
	for _, f := range All() {
		fmt.Fprint(table, f)
		for _, c := range columns {
			v := c.Cells[f]
			fmt.Fprintf(table, "\t%s", v.Mark)
			if v.Note != "" {
				notes = append(notes, v.Note)
				fmt.Fprintf(table, " [%d]", len(notes))
			}
		}
		fmt.Fprintln(table)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for i, note := range notes {
		fmt.Fprintf(w, "[%d] %s\n", i+1, note)
	}
	return nil
}
