package host

import (
	"runtime"
	"testing"
)

// As git-var(1) has GIT_EDITOR.
func TestEditorIsChosenAsGitDoes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("notepad")
	}
	for name, c := range map[string]struct {
		env      map[string]string
		terminal bool
		want     string
	}{
		"VISUAL":               {map[string]string{"TERM": "xterm", "VISUAL": "code --wait", "EDITOR": "ed"}, true, "code --wait"},
		"VISUAL, dumb":         {map[string]string{"TERM": "dumb", "VISUAL": "code --wait", "EDITOR": "ed"}, true, "ed"},
		"VISUAL, no TERM":      {map[string]string{"VISUAL": "code --wait", "EDITOR": "ed"}, true, "ed"},
		"EDITOR, no terminal":  {map[string]string{"EDITOR": " sed -i x "}, false, "sed -i x"},
		"neither":              {map[string]string{"TERM": "xterm", "EDITOR": " "}, true, "vi"},
		"neither, dumb":        {map[string]string{"TERM": "dumb", "VISUAL": "x"}, true, ""},
		"neither, no terminal": {map[string]string{"TERM": "xterm"}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := editor(func(name string) (string, bool) { v, ok := c.env[name]; return v, ok }, c.terminal)
			if got != c.want || (err == nil) != (c.want != "") {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}
