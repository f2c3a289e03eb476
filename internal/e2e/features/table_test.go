//go:build e2e

package features

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

// TestTableGrows: each server's column stands beside those before it, once.
func TestTableGrows(t *testing.T) {
	file := filepath.Join(t.TempDir(), "table.json")
	for _, server := range []string{"first", "second", "second"} {
		if _, err := collect(file, &Column{server, map[Feature]Verdict{DPoP: Works()}}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := collect(file, &Column{"third", map[Feature]Verdict{DPoP: Lacks("no such thing")}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Print(&b, all); err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for line := range strings.Lines(b.String()) {
		name, cells, _ := strings.Cut(line, "  ")
		rows[name] = strings.Join(strings.Fields(cells), " ")
	}
	if rows["feature"] != "first second third" || rows[string(DPoP)] != "works works not offered by the server [1]" ||
		!strings.Contains(b.String(), "\n[1] no such thing\n") || len(rows) < len(All()) {
		t.Errorf("printed\n%s", &b)
	}
}
