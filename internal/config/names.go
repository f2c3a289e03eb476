package config

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/viper"

	"authctl/internal/profile"
	"authctl/internal/strict"
)

// Names are the names of all profiles, as they stand, for completion and lists;
// what cannot be a name is LoadAll's to report.
func Names(s Settings) ([]string, error) {
	if s.alone {
		return []string{profile.Alone}, nil
	}
	d := s.document()
	if len(d.problems) > 0 {
		return nil, d.problems.Fault("")
	}
	more, err := s.dropIns()
	if err != nil {
		return nil, err
	}
	var names []string
	seen := map[string]bool{}
	for _, n := range slices.Concat(d.names(), more) {
		if profile.ValidName(n) == nil && !seen[n] {
			seen[n] = true
			names = append(names, n)
		}
	}
	return names, nil
}

// OrOnly are the settings with the only profile chosen where there is one and
// nobody chose any.
func (s Settings) OrOnly() Settings {
	if s.Profile == "" {
		if names, err := Names(s); err == nil && len(names) == 1 {
			s.Profile = names[0]
		}
	}
	return s
}

func (s Settings) document() *document {
	if s.main != nil {
		return s.main
	}
	d, _ := readDocument(context.Background(), viper.New(), s.File, false, 0) // settings made by hand: no pipe, no wait
	return d
}

// DropInFolder is profiles.d beside the profiles file, "" when no place is known.
func (s Settings) DropInFolder() string {
	if s.File == "" {
		return ""
	}
	return filepath.Join(filepath.Dir(s.File), "profiles.d")
}

// dropInPath is where profiles.d would hold the profile, "" without a place.
func (s Settings) dropInPath(name string) string {
	if s.DropInFolder() == "" {
		return ""
	}
	return filepath.Join(s.DropInFolder(), name+".yaml")
}

// dropIns are the names of the profiles in profiles.d, sorted.
func (s Settings) dropIns() ([]string, error) {
	folder := s.DropInFolder()
	if folder == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, strict.Problems{unreadable(folder, err)}.Fault("")
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".yaml"); ok && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, name)
		}
	}
	return names, nil
}
