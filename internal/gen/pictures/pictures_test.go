package pictures

import (
	"errors"
	"os"
	"strings"
	"testing"
)

const root = "../../.."

// TestPicturesAreCurrent: each is what authctl shows today, breaks no word, and
// has no escape sequence where nobody wants colour.
func TestPicturesAreCurrent(t *testing.T) {
	s, err := newStudio(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	for _, one := range scenes() {
		out, err := s.run(t.Context(), one)
		if errors.Is(err, errNoTerminal) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if lines := broken(out); lines != nil {
			t.Errorf("%s is broken by the terminal: %q", one.typed, lines)
		}
		drawn, err := os.ReadFile(root + "/docs/" + one.file)
		if fresh := shows(out).svg(one.title); err != nil || string(drawn) != fresh {
			t.Errorf("docs/%s is stale (%v): make generate. It shows\n%s", one.file, err, out)
		}
		plain, err := s.run(t.Context(), one, "NO_COLOR=1")
		if err != nil || strings.Contains(plain, "\x1b") {
			t.Errorf("%s under NO_COLOR (%v): %q", one.typed, err, plain)
		}
		if !strings.Contains(out, "\x1b[") {
			t.Errorf("%s is without colour: %q", one.typed, out)
		}
	}
}

func TestScreen(t *testing.T) {
	s := shows("one\r\n\x1b[31mtwo\x1b[0m three\r\x1b[Kfour\r\n" + strings.Repeat("x", 81))
	var text []string
	for _, row := range s.rows {
		var b strings.Builder
		for _, c := range row {
			b.WriteRune(c.r)
		}
		text = append(text, b.String())
	}
	if want := "one|four|" + strings.Repeat("x", 80) + "|x"; strings.Join(text, "|") != want {
		t.Errorf("%q, want %q", text, want)
	}
	if got := shows(strings.Repeat("a\r\n", 30)); len(got.rows) != lines {
		t.Errorf("%d lines", len(got.rows))
	}
	if got := shows("\x1b[31mred\x1b[0m").rows[0][0]; got != (cell{'r', "31"}) {
		t.Errorf("%+v", got)
	}
	if broken(strings.Repeat("x", 80)+"\r\n"+strings.Repeat(" ", 79)+"\rone") != nil || len(broken(strings.Repeat("x", 81))) != 1 {
		t.Error("broken lines are not found")
	}
}
