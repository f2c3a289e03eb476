package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// tablePath is the table, from the root folder.
const tablePath = "internal/mutants/table.txt"

// mutant is one guard and how it is removed.
type mutant struct {
	id       string
	row      int    // of docs/threats.md
	file     string // slash-separated, from the root folder
	old, new string // old stands exactly once in file
	by       []suite
}

// suite are tests of one package that must notice.
type suite struct {
	pkg   string   // its folder
	tests []string // TestName, FuzzName or TestScripts/NAME
}

// table is all of table.txt.
type table struct {
	mutants []mutant
	without map[int]string // rows that can have no mutant, and why
}

// readTable reads table.txt; its head says how it is written.
func readTable(path string) (table, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return table{}, err
	}
	t := table{without: map[int]string{}}
	for i, line := range strings.Split(string(text), "\n") {
		if err := t.line(line); err != nil {
			return table{}, fmt.Errorf("%s:%d: %w", path, i+1, err)
		}
	}
	for _, m := range t.mutants {
		if m.old == "" || len(m.by) == 0 || m.old == m.new {
			return table{}, fmt.Errorf("%s: %s removes nothing, or names no test", path, m.id)
		}
	}
	return t, nil
}

func (t *table) line(line string) error {
	if line == "" || line[0] == '#' {
		return nil
	}
	words := strings.Fields(line)
	if line[0] != '-' && line[0] != '+' && line[0] != ' ' {
		return t.head(words, line)
	}
	if len(t.mutants) == 0 {
		return errors.New("a line before the first guard")
	}
	m := &t.mutants[len(t.mutants)-1]
	switch {
	case line[0] == '-' && len(m.by) == 0:
		m.old = joined(m.old, line[1:])
	case line[0] == '+' && len(m.by) == 0:
		m.new = joined(m.new, line[1:])
	case line[0] == ' ' && len(words) > 1:
		m.by = append(m.by, suite{words[0], words[1:]})
	default:
		return errors.New("neither old text, new text nor a package with tests")
	}
	return nil
}

// head begins a guard, or excuses a row.
func (t *table) head(words []string, line string) error {
	if words[0] == "without" && len(words) > 2 {
		row, err := strconv.Atoi(words[1])
		_, why, _ := strings.Cut(line, words[1]+" ")
		t.without[row] = why
		return err
	}
	if len(words) != 3 {
		return errors.New("want an id, a row of docs/threats.md and a file")
	}
	row, err := strconv.Atoi(words[1])
	t.mutants = append(t.mutants, mutant{id: words[0], row: row, file: words[2]})
	return err
}

func joined(text, line string) string {
	if text == "" {
		return line
	}
	return text + "\n" + line
}

// only picks guards by id, all for no ids.
func (t table) only(ids []string) ([]mutant, error) {
	if len(ids) == 0 {
		return t.mutants, nil
	}
	var chosen []mutant
	for _, id := range ids {
		i := slices.IndexFunc(t.mutants, func(m mutant) bool { return m.id == id })
		if i < 0 {
			return nil, fmt.Errorf("%s has no guard %s", tablePath, id)
		}
		chosen = append(chosen, t.mutants[i])
	}
	return chosen, nil
}

// without is text with the guard removed.
func (m mutant) without(text string) (string, error) {
	if n := strings.Count(text, m.old); n != 1 {
		return "", fmt.Errorf("its old text stands %d times in %s", n, m.file)
	}
	return strings.Replace(text, m.old, m.new, 1), nil
}
