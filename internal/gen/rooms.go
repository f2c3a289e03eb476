package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"path"
	"slices"
	"strings"

	"authctl/internal/arch"
)

// room is one folder of the program: what it says it is, and the rooms that it
// or its subpackages import.
type room struct {
	doc     string
	imports map[string]bool
}

// program reads the rooms of the layers, and main and cmd above them, from `go list`.
func program(ctx context.Context) (rooms map[string]*room, rows [][]string, err error) {
	rows = append(arch.Layers(), []string{"cmd"}, []string{"main"})
	rooms = map[string]*room{}
	for _, name := range slices.Concat(rows...) {
		rooms[name] = &room{imports: map[string]bool{}}
	}
	list := exec.CommandContext(ctx, "go", "list", "-json=ImportPath,Doc,Imports", "authctl/...")
	out, err := list.Output()
	if err != nil {
		return nil, nil, fmt.Errorf("go list: %w", err)
	}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath, Doc string
			Imports         []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return rooms, rows, nil
		} else if err != nil {
			return nil, nil, err
		}
		name := roomOf(p.ImportPath)
		r := rooms[name]
		if r == nil {
			continue
		}
		if p.ImportPath == folder(name) {
			r.doc = p.Doc
		}
		for _, to := range p.Imports {
			if to := roomOf(to); to != name && rooms[to] != nil {
				r.imports[to] = true
			}
		}
	}
}

// roomOf is the room of a package, "" for one of another module.
func roomOf(importPath string) string {
	rest, ours := strings.CutPrefix(importPath+"/", "authctl/")
	if !ours {
		return ""
	}
	if rest == "" {
		return "main"
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(rest, "internal/"), "/")
	return name
}

// folder is the import path of a room.
func folder(name string) string {
	switch name {
	case "main":
		return "authctl"
	case "cmd":
		return "authctl/cmd"
	}
	return path.Join("authctl/internal", name)
}

// needed leaves out of a room's imports what another of them imports too,
// however far away: the picture shows how one gets there.
func needed(rooms map[string]*room, name string) []string {
	imports := rooms[name].imports
	return slices.DeleteFunc(slices.Sorted(maps.Keys(imports)), func(to string) bool {
		for via := range imports {
			if via != to && reaches(rooms, via, to) {
				return true
			}
		}
		return false
	})
}

// reaches ends because Go has no import cycles; between rooms, TestImportsPointDown refuses them.
func reaches(rooms map[string]*room, from, to string) bool {
	for next := range rooms[from].imports {
		if next == to || reaches(rooms, next, to) {
			return true
		}
	}
	return false
}
