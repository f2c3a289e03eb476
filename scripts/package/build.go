package main

import (
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
)

// release is one commit, built.
type release struct {
	root, work string
	version    string // without the v
	date       time.Time
	modified   bool // files differ from the commit
	goVersion  string
	tags       string // of the build
	builds     []built
	notices    []byte
}

// built is the program for one platform.
type built struct {
	os, arch string
	path     string
	deps     []*debug.Module
}

func (b built) exe() string {
	if b.os == "windows" {
		return name + ".exe"
	}
	return name
}

// build runs scripts/build.sh for each platform. Version and date are what Go
// stamped into the program, so that packages and `authctl version` agree.
func build(root, work string, wanted []string) (*release, error) {
	rel := &release{root: root, work: work}
	wanted = slices.Compact(slices.Sorted(slices.Values(wanted)))
	for _, platform := range wanted {
		goos, arch, ok := strings.Cut(platform, "/")
		if !ok || !slices.Contains(platforms, platform) {
			return nil, fmt.Errorf("%s is none of %s", platform, strings.Join(platforms, ", "))
		}
		b := built{os: goos, arch: arch, path: filepath.Join(work, "bin", goos+"_"+arch, name)}
		fmt.Fprintln(os.Stderr, "building", platform)
		cmd := exec.Command(filepath.Join(root, "scripts", "build.sh"), b.path)
		cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+arch, "GOAMD64=v1", "GOARM64=v8.0",
			"GOFLAGS="+os.Getenv("GOFLAGS")+" -buildvcs=true")
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return nil, fmt.Errorf("build for %s: %w", platform, err)
		}
		info, err := buildinfo.ReadFile(b.path)
		if err != nil {
			return nil, err
		}
		b.deps = info.Deps
		rel.builds = append(rel.builds, b)
		if err := rel.stamp(info); err != nil {
			return nil, err
		}
	}
	return rel, nil
}

func (r *release) stamp(info *buildinfo.BuildInfo) error {
	r.version = strings.TrimPrefix(info.Main.Version, "v")
	r.goVersion = info.GoVersion
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.time":
			date, err := time.Parse(time.RFC3339, s.Value)
			if err != nil {
				return err
			}
			r.date = date.UTC()
		case "-tags":
			r.tags = s.Value
		case "vcs.modified":
			r.modified = s.Value == "true"
		}
	}
	if epoch := os.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
		}
		r.date = time.Unix(seconds, 0).UTC()
	}
	if r.date.IsZero() || r.version == "" || r.version == "(devel)" {
		return fmt.Errorf("the program has no version or date of its commit: package in a git clone")
	}
	return nil
}

// modules are those of all platforms, sorted, each once.
func (r *release) modules() []*debug.Module {
	var all []*debug.Module
	for _, b := range r.builds {
		all = append(all, b.deps...)
	}
	slices.SortFunc(all, func(a, b *debug.Module) int { return strings.Compare(a.Path, b.Path) })
	return slices.CompactFunc(all, func(a, b *debug.Module) bool { return a.Path == b.Path })
}
