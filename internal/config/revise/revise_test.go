package revise_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authctl/internal/config"
	"authctl/internal/config/revise"
)

// file is one as a user writes it.
const file = `# Mine. Do not touch.
version: 1 # the format
store: file

profiles:
    # at work
    work:   # the gateway
        preset: salus-guardian

        client: {id: "w", secret: 'keyring:client_secret'} # asked
        # nothing more

    # at home
    "home":
        token_url: |
          https://a.example/#x
        # of home

    # test:
    #   preset: entra

# the end
`

// TestRevise: every byte that was not meant stays.
func TestRevise(t *testing.T) {
	cut := func(parts ...string) string {
		out := file
		for _, p := range parts {
			if !strings.Contains(out, p) {
				t.Fatalf("no %q", p)
			}
			out = strings.Replace(out, p, "", 1)
		}
		return out
	}
	work := file[strings.Index(file, "    # at work"):strings.Index(file, "    # at home")]
	home := file[strings.Index(file, "    # at home"):strings.Index(file, "    # test")]
	swap := func(old, to string) string { return strings.Replace(file, old, to, 1) }
	withDefault := swap("# the format\n", "# the format\ndefault_profile: 'work' # mine\n")
	for name, c := range map[string]struct {
		from string
		do   func(data []byte) ([]byte, error)
		want string // "": refused
	}{
		"use":                     {file, use("home"), swap("# the format\n", "# the format\ndefault_profile: home\n")},
		"use again":               {withDefault, use("home"), strings.Replace(withDefault, "'work'", "home", 1)},
		"use a number":            {withDefault, use("007"), strings.Replace(withDefault, "'work'", `"007"`, 1)},
		"use nothing":             {withDefault, use(""), file},
		"use nothing, no key":     {file, use(""), file},
		"no version":              {"# x\n\nprofiles:\n  a: {preset: entra}", use("a"), "# x\n\ndefault_profile: a\nprofiles:\n  a: {preset: entra}"},
		"comments alone":          {"# x", use("a"), "# x\nversion: 1\ndefault_profile: a\n"},
		"an empty file":           {"", use("a"), "version: 1\ndefault_profile: a\n"},
		"an empty value":          {"default_profile:   # none\nversion: 1\n", use("a"), "default_profile: a   # none\nversion: 1\n"},
		"version without end":     {"version: 1", use("a"), "version: 1\ndefault_profile: a\n"},
		"CRLF":                    {"version: 1\r\ndefault_profile: b\r\n", use("a"), "version: 1\r\ndefault_profile: a\r\n"},
		"flow":                    {"{version: 1}", use("a"), ""},
		"flow, replaced":          {"{default_profile: b, version: 1}", use("a"), "{default_profile: a, version: 1}"},
		"an anchor":               {"default_profile: &x b\n", use("a"), ""},
		"no YAML":                 {"a: [", use("a"), ""},
		"rename":                  {file, rename("work", "job"), swap("work:   #", "job:   #")},
		"rename a quoted one":     {file, rename("home", "flat"), swap(`"home"`, "flat")},
		"rename to a number":      {file, rename("work", "1"), swap("work:   #", `"1":   #`)},
		"rename the default":      {withDefault, rename("work", "job"), strings.Replace(strings.Replace(withDefault, "'work'", "job", 1), "work:   #", "job:   #", 1)},
		"rename the other":        {withDefault, rename("home", "flat"), strings.Replace(withDefault, `"home"`, "flat", 1)},
		"rename in a flow":        {"profiles: {æ: {preset: a}, b: {preset: a}} # x\n", rename("b", "c"), "profiles: {æ: {preset: a}, c: {preset: a}} # x\n"},
		"rename behind an anchor": {"profiles:\n  &x a: {preset: a}\n", rename("a", "c"), ""},
		"remove the first":        {file, remove("work"), cut(work)},
		"remove the last":         {file, remove("home"), cut(home)},
		"remove the default":      {withDefault, remove("work"), cut(work)},
		"remove all":              {"profiles:\n  a:\n    preset: x\nstore: file\n", remove("a"), "profiles:\nstore: file\n"},
		"remove from a flow":      {"profiles: {a: {preset: a}, b: {preset: a}}\n", remove("b"), ""},
		"remove what is needed":   {"profiles:\n  a: &x {preset: a}\n  b: *x\n", remove("a"), ""},
		"no line at the end":      {"profiles:\n  a: {preset: a}\n  b: {preset: a}", remove("b"), "profiles:\n  a: {preset: a}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.do([]byte(c.from))
			if (err == nil) != (c.want != "") || err == nil && string(got) != c.want {
				t.Errorf("%v\n%s\n--- want\n%s", err, got, c.want)
			}
		})
	}
}

func use(name string) func([]byte) ([]byte, error) {
	return func(data []byte) ([]byte, error) { return revise.Default("f", data, name) }
}

func rename(from, to string) func([]byte) ([]byte, error) {
	return func(data []byte) ([]byte, error) { return revise.Rename("f", data, from, to) }
}

func remove(name string) func([]byte) ([]byte, error) {
	return func(data []byte) ([]byte, error) { return revise.Remove("f", data, name) }
}

// A link stays one, a mode stays, and what another wrote is not lost.
func TestPlace(t *testing.T) {
	dir := t.TempDir()
	real, link := filepath.Join(dir, "dotfiles.yaml"), filepath.Join(dir, "profiles.yaml")
	if err := os.WriteFile(real, []byte("version: 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, link); err != nil {
		t.Skip(err)
	}
	ctx := context.Background()
	if err := revise.Place(ctx, config.Place{Path: link, Text: []byte("version: 1\n")}, []byte("version: 2\n")); err != nil {
		t.Fatal(err)
	}
	if err := revise.Place(ctx, config.Place{Path: link, Text: []byte("version: 1\n")}, []byte("version: 3\n")); err == nil {
		t.Error("another's change was overwritten")
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	if info, err = os.Stat(real); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info, err)
	}
	if text, err := os.ReadFile(real); err != nil || string(text) != "version: 2\n" {
		t.Errorf("%q, %v", text, err)
	}
}

// FuzzRevise: whatever the file is, no line of it is lost but those that were meant.
func FuzzRevise(f *testing.F) {
	for _, seed := range []string{file, "", "profiles: {a: {b: c}}", "a: &x\n  b: *x\n", "default_profile: |\n  a\n"} {
		f.Add([]byte(seed), "work", "job")
	}
	f.Fuzz(func(t *testing.T, data []byte, from, to string) {
		out, err := revise.Default("f", data, to)
		if err == nil && bytes.Count(out, []byte("#")) < bytes.Count(data, []byte("#"))-strings.Count(from, "#") && !bytes.Contains(data, []byte("default_profile")) {
			t.Errorf("a comment is lost:\n%s\n---\n%s", data, out)
		}
		_, _ = revise.Rename("f", data, from, to)
		_, _ = revise.Remove("f", data, from)
	})
}
