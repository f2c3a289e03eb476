package config_test

import (
	"testing"
	"time"

	"authctl/internal/config"
	"authctl/internal/fault"
)

func TestLayers(t *testing.T) {
	dir, _ := home(t, map[string]string{"profiles.yaml": "default_profile: FromFile.X\nstore: file\n"})
	empty, _ := home(t, map[string]string{"profiles.yaml": ""})
	file, none := dir+"/profiles.yaml", empty+"/profiles.yaml"
	all := map[string]string{"AUTHCTL_CONFIG": file, "AUTHCTL_PROFILE": "Env.Y", "AUTHCTL_STORE": "none", "AUTHCTL_TIMEOUT": "5s", "AUTHCTL_VERBOSE": "1", "AUTHCTL_QUIET": "true"}
	for _, c := range []struct {
		name  string
		flags config.Flags
		env   map[string]string
		want  config.Settings
	}{
		{"defaults", config.Flags{Config: none}, nil, config.Settings{File: none, Store: "keyring", Timeout: 30 * time.Second}},
		{"file over defaults", config.Flags{Config: file}, nil, config.Settings{File: file, Profile: "FromFile.X", Store: "file", StoreChosen: true, Timeout: 30 * time.Second}},
		{"environment over file", config.Flags{}, all, config.Settings{File: file, Profile: "Env.Y", Store: "none", StoreChosen: true, Timeout: 5 * time.Second, Verbose: true, Quiet: true}},
		{"flags over environment", config.Flags{Config: none, Profile: "Flag.Z", Store: "keyring", Timeout: time.Minute}, all, config.Settings{File: none, Profile: "Flag.Z", Store: "keyring", StoreChosen: true, Timeout: time.Minute, Verbose: true, Quiet: true}},
		{"an empty variable is none", config.Flags{Config: none}, map[string]string{"AUTHCTL_PROFILE": "", "AUTHCTL_STORE": "", "AUTHCTL_TIMEOUT": ""}, config.Settings{File: none, Store: "keyring", Timeout: 30 * time.Second}},
	} {
		got := resolve(t, c.flags, c.env)
		same := got.File == c.want.File && got.Profile == c.want.Profile && got.Store == c.want.Store && got.StoreChosen == c.want.StoreChosen &&
			got.Timeout == c.want.Timeout && got.Verbose == c.want.Verbose && got.Quiet == c.want.Quiet
		if !same {
			t.Errorf("%s:\n%+v, want\n%+v", c.name, got, c.want)
		}
	}
}

func TestWrongSettings(t *testing.T) {
	for _, c := range []struct {
		flags config.Flags
		env   map[string]string
		kind  fault.Kind
	}{
		{config.Flags{Store: "keyrng"}, nil, fault.Usage},
		{config.Flags{Timeout: -1}, nil, fault.Usage},
		{config.Flags{}, map[string]string{"AUTHCTL_STORE": "disk"}, fault.Config},
		{config.Flags{}, map[string]string{"AUTHCTL_TIMEOUT": "5"}, fault.Config},
		{config.Flags{}, map[string]string{"AUTHCTL_TIMEOUT": "-5s"}, fault.Config},
		{config.Flags{}, map[string]string{"AUTHCTL_QUIET": "maybe"}, fault.Config},
	} {
		if _, err := config.Resolve(t.Context(), c.flags, lookup(c.env)); fault.KindOf(err) != c.kind || err == nil {
			t.Errorf("%+v %v: %v", c.flags, c.env, err)
		}
	}
}

// TestABrokenFileStopsOnlyWhoNeedsIt: decode and kid resolve settings too.
func TestABrokenFileStopsOnlyWhoNeedsIt(t *testing.T) {
	_, s := home(t, map[string]string{"profiles.yaml": "store: keyrng\nx: [\n"})
	if s.Store != "keyring" || s.StoreChosen {
		t.Errorf("%+v", s)
	}
	_, err := config.LoadProfile(s, "a")
	wantConfigFault(t, err, "not valid YAML")
}
