// Package config finds and reads the profiles file. Settings are layered by
// viper, which it alone imports: flags, then AUTHCTL_*, then the file, then
// defaults. Profiles never pass through viper, which would lower-case
// names and split them at dots: internal/strict keeps every byte and reports all
// problems at once.
package config

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/viper"

	"authctl/internal/fault"
	"authctl/internal/files"
	"authctl/internal/profile"
	"authctl/internal/strict"
)

// DefaultTimeout is how long a command may take when nobody says otherwise.
const DefaultTimeout = 30 * time.Second

// Flags are the settings of the command line; zero values were not given.
type Flags struct {
	Profile, Config, Store string
	Preset                 string   // of a profile for this call alone
	Set                    []string // FIELD=VALUE, over the profile or alone
	Timeout                time.Duration
	Verbose, Quiet         bool
}

// Settings are what flags, environment, profiles file and defaults add up to.
type Settings struct {
	Profile     string // the chosen profile, else the file's default_profile, else ""
	File        string // the profiles file, whether or not it exists; "" when no place is known
	Store       string // keyring | file | none | vault | kubernetes
	StoreChosen bool   // someone chose Store; it is not the default
	Timeout     time.Duration
	Verbose     bool
	Quiet       bool

	// ConfigDir, StateDir and CacheDir are authctl's own folders; they need not
	// exist, and are "" on a machine without a home.
	ConfigDir, StateDir, CacheDir string

	explicit bool      // File was named by the user: it must exist, but see ToAdd
	main     *document // read already by Resolve; nil to read when needed
	alone    bool      // --preset and --set make the profile; no file is asked
	preset   string
	over     []strict.Change
}

// StoreUnknown is what is wrong with a profiles file that may say which store is
// chosen, and that nobody chose otherwise; nil where Store is the one.
func (s Settings) StoreUnknown() error {
	if s.StoreChosen || s.main == nil {
		return nil
	}
	err := s.main.problems.Fault("")
	var f *fault.Error
	if s.alone && errors.As(err, &f) {
		return f.Hint("of this file only store is needed here: --store or AUTHCTL_STORE says it without the file")
	}
	return err
}

// ProfileUnknown is what is wrong with a profiles file that may name the default
// profile, where nobody named another; nil where Profile is the one, or there is none.
func (s Settings) ProfileUnknown() error {
	if s.Profile != "" || s.main == nil || !s.main.exists {
		return nil
	}
	return s.main.problems.Fault("")
}

// The settings' names for viper, beside those of the file.
const keyTimeout, keyVerbose, keyQuiet = "timeout", "verbose", "quiet"

// Resolve layers the settings. env is os.LookupEnv or a test's. It reads the
// profiles file; whatever is wrong with the file is reported by LoadProfile and
// LoadAll, so that commands without a profile still work. A pipe that the user
// named is waited for until ctx ends, or the time for the command.
func Resolve(ctx context.Context, f Flags, env func(string) (string, bool)) (Settings, error) {
	get := func(name string) string { v, _ := env(name); return v }
	s := Settings{ConfigDir: files.ConfigDir(runtime.GOOS, get), StateDir: files.StateDir(runtime.GOOS, get), CacheDir: files.CacheDir(runtime.GOOS, get)}
	s.File, s.explicit = cmp.Or(f.Config, get("AUTHCTL_CONFIG")), true
	if s.File == "" && s.ConfigDir != "" {
		s.File, s.explicit = filepath.Join(s.ConfigDir, "profiles.yaml"), false
	}
	if err := s.overlay(f); err != nil {
		return s, err
	}
	v := viper.NewWithOptions(viper.KeyDelimiter("::"))
	v.SetDefault(keyTimeout, DefaultTimeout)
	for _, o := range options(f) {
		if err := o.bind(v, get); err != nil {
			return s, err
		}
	}
	s.Timeout = v.GetDuration(keyTimeout)
	var err error
	if s.main, err = readDocument(ctx, v, s.File, s.explicit, s.Timeout); err != nil {
		return s, fmt.Errorf("waiting for the profiles file %s: %w", s.File, err)
	}
	s.Profile, s.Store, s.StoreChosen = v.GetString(keyProfile), cmp.Or(v.GetString(keyStore), "keyring"), v.IsSet(keyStore)
	if s.alone {
		s.Profile = profile.Alone // whatever default_profile and AUTHCTL_PROFILE say
	}
	s.Verbose, s.Quiet = v.GetBool(keyVerbose), v.GetBool(keyQuiet)
	return s, nil
}

func options(f Flags) []option {
	on := map[bool]string{true: "true"}
	var timeout string
	if f.Timeout != 0 {
		timeout = f.Timeout.String()
	}
	return []option{
		{key: keyProfile, flag: "--profile", text: f.Profile, variable: "AUTHCTL_PROFILE"},
		{key: keyStore, flag: "--store", text: f.Store, variable: "AUTHCTL_STORE", check: checkStore},
		{key: keyTimeout, flag: "--timeout", text: timeout, variable: "AUTHCTL_TIMEOUT", check: checkTimeout},
		{key: keyVerbose, kind: "bool", flag: "--verbose", text: on[f.Verbose], variable: "AUTHCTL_VERBOSE", check: checkSwitch},
		{key: keyQuiet, kind: "bool", flag: "--quiet", text: on[f.Quiet], variable: "AUTHCTL_QUIET", check: checkSwitch},
	}
}

// readDocument hands viper the file at path. A pipe is waited for until ctx ends
// or wait is over, which is the error. A file that need not exist (explicit is
// false) and does not is an empty one. viper's ReadInConfig would do the same and
// link its reader of TOML and its finder of files: 290 kB; its ReadConfig, with
// one codec of ours, links that reader all the same: 270 kB.
func readDocument(ctx context.Context, v *viper.Viper, path string, explicit bool, wait time.Duration) (*document, error) {
	if path == "" {
		return &document{}, nil
	}
	text, err := readTrusted(ctx, path, explicit, wait)
	switch {
	case err == nil:
		d := parseDocument(path, text)
		return d, v.MergeConfigMap(d.settings())
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil, err
	case errors.Is(err, fs.ErrNotExist) && !explicit:
		return &document{path: path}, nil
	}
	at := unreadable(path, err)
	if at.Hint == "" && explicit {
		at.Hint = "--config or AUTHCTL_CONFIG names the profiles file"
	}
	return &document{path: path, problems: strict.Problems{at}}, nil
}

// overlay takes up what the flags say about this call's profile.
func (s *Settings) overlay(f Flags) (err error) {
	if f.Preset == "" && len(f.Set) == 0 {
		return nil
	}
	if f.Preset != "" && f.Profile != "" {
		return fault.New(fault.Usage, "--preset makes a profile for this call, and --profile names one of the file").
			Hint("leave one out; --set changes a profile for one call")
	}
	s.alone, s.preset = f.Profile == "", f.Preset
	s.over, err = strict.Changes(f.Set)
	return err
}
