package core

import (
	"strings"
	"testing"
)

func TestPagesReflectNothingAsHTML(t *testing.T) {
	evil := `"><script>alert(1)</script>{client}{id}`
	for name, d := range map[string]pageData{
		"decision": {Title: evil, Action: evil, ID: "secret-id", Person: evil, Client: evil, Scope: evil, Code: evil},
		"problem":  {Title: evil, Problem: evil},
		"done":     {Title: evil, Done: evil},
		"ask":      {Title: evil, AskCode: evil},
	} {
		page := d.html()
		if strings.Contains(page, "<script") || strings.Contains(page, `"">`) {
			t.Errorf("%s: a value reached the page unescaped", name)
		}
		if strings.Count(page, "secret-id") > 1 {
			t.Errorf("%s: a value was filled in twice", name)
		}
		if !strings.Contains(page, "&lt;script&gt;") {
			t.Errorf("%s: the value is not shown", name)
		}
	}
}
