package curl

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// docs/curl.md names every option that needs --allow-unsafe-curl, under the
// reason that the table has for it, and none besides.
func TestTheDocsNameEveryRefusedOption(t *testing.T) {
	text, err := os.ReadFile("../../docs/curl.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{
		"send the secrets through another host":        "could send the secrets through another host",
		"send them to another host than the URL names": "could send the secrets to another host than the URL names",
		"print or store them":                          "could print or store the secrets",
		"weaken the connection":                        "takes away what protects the connection",
		"bring other credentials":                      "brings other credentials than the profile's",
	}
	named := regexp.MustCompile("`--([a-z0-9.-]+?)(\\.\\.\\.)?`")
	for title, why := range rows {
		row := regexp.MustCompile(`(?m)^\| ` + title + ` \|(.*)$`).FindString(string(text))
		exact, prefixes := map[string]bool{}, []string{}
		for _, m := range named.FindAllStringSubmatch(row, -1) {
			if m[2] != "" {
				prefixes = append(prefixes, m[1])
			} else {
				exact[m[1]] = true
			}
		}
		found := false
		for _, b := range blocks() {
			if b.why != why {
				continue
			}
			found = true
			for _, name := range b.names() {
				covered := exact[name]
				for _, p := range prefixes {
					covered = covered || strings.HasPrefix(name, p)
				}
				if !covered {
					t.Errorf("%s: --%s is not named", title, name)
				}
				delete(exact, name)
			}
		}
		if !found || len(exact) > 0 {
			t.Errorf("%s: block %v, named but not refused for it: %v", title, found, exact)
		}
	}
}

// What is refused even with --allow-unsafe-curl stands in a sentence of its own.
func TestTheDocsNameEveryOptionThatNeverPasses(t *testing.T) {
	text, err := os.ReadFile("../../docs/curl.md")
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`(?s)Refused even with it: .*?\n\n`).FindString(string(text))
	for _, o := range table() {
		if o.class == never && !strings.Contains(said, "`--"+o.name+"`") {
			t.Errorf("--%s is not named in %q", o.name, said)
		}
	}
}
