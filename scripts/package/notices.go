package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const noticesName = "THIRD-PARTY-NOTICES.txt"

// linked is what `go list` says of a package that is linked in.
type linked struct {
	Dir    string
	Module *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// notices are the licence texts of Go and of each module that any of the programs links,
// of the module's root and of every folder on the way to a package that is used.
func notices(root string, r *release) ([]byte, error) {
	goroot, err := output(root, nil, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	texts := map[string][]string{"Go " + r.goVersion: licencesIn(strings.TrimSpace(string(goroot)))}
	for _, b := range r.builds {
		list, err := output(root, []string{"GOOS=" + b.os, "GOARCH=" + b.arch, "CGO_ENABLED=0"},
			"go", "list", "-deps", "-tags", r.tags, "-json=Dir,Module", ".")
		if err != nil {
			return nil, err
		}
		for lines := json.NewDecoder(bytes.NewReader(list)); ; {
			var p linked
			if err := lines.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, err
			}
			if p.Module == nil || p.Module.Main {
				continue
			}
			title := p.Module.Path + " " + p.Module.Version
			for dir := p.Dir; len(dir) >= len(p.Module.Dir); dir = filepath.Dir(dir) {
				texts[title] = append(texts[title], licencesIn(dir)...)
			}
		}
	}
	for _, m := range r.modules() {
		if len(texts[m.Path+" "+m.Version]) == 0 {
			return nil, fmt.Errorf("%s %s has no licence text: it cannot be given away", m.Path, m.Version)
		}
	}
	return written(texts)
}

// licencesIn are the files of a folder that hold a licence or what it wants to be passed on.
func licencesIn(dir string) (paths []string) {
	entries, _ := os.ReadDir(dir)
	named := regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([.-].*)?$`)
	for _, e := range entries {
		if e.Type().IsRegular() && named.MatchString(e.Name()) {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths
}

func written(texts map[string][]string) ([]byte, error) {
	var all bytes.Buffer
	all.WriteString("authctl holds the programs below, each under the licence that follows its name.\n")
	titles := make([]string, 0, len(texts))
	for title := range texts {
		titles = append(titles, title)
	}
	slices.Sort(titles)
	for _, title := range titles {
		fmt.Fprintf(&all, "\n%s\n%s\n", strings.Repeat("=", 80), title)
		slices.Sort(texts[title])
		for _, path := range slices.Compact(texts[title]) {
			text, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&all, "\n--- %s\n\n%s\n", filepath.Base(path), bytes.TrimSpace(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))))
		}
	}
	return all.Bytes(), nil
}

func noticesFile(r *release, out string) error {
	return os.WriteFile(filepath.Join(out, noticesName), r.notices, 0o644)
}

// output runs a command in the tree.
func output(root string, env []string, command string, args ...string) ([]byte, error) {
	cmd := exec.Command(command, args...)
	cmd.Dir, cmd.Env, cmd.Stderr = root, append(os.Environ(), env...), os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", command, strings.Join(args, " "), err)
	}
	return text, nil
}
