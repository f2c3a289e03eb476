package fault

import (
	"errors"
	"fmt"
	"testing"
)

// The codes are a contract with scripts (docs/exit-codes.md).
func TestExitCodes(t *testing.T) {
	want := map[Kind]int{Internal: 1, Usage: 2, Config: 3, Refused: 4, Network: 5, Store: 6, Invalid: 7, Login: 8, Interrupted: 130, 0: 1, 99: 1}
	for kind, code := range want {
		if kind.ExitCode() != code {
			t.Errorf("%s ends with %d, want %d", kind, kind.ExitCode(), code)
		}
		if kind.String() == "" {
			t.Errorf("kind %d has no name", kind)
		}
	}
}

func TestInNamesTheProfileOnce(t *testing.T) {
	inner := New(Refused, "no").Hint("try %s", "this")
	err := In("outer", In("inner", fmt.Errorf("wrapped: %w", inner)))
	var f *Error
	if !errors.As(err, &f) || f.Profile != "inner" || KindOf(err) != Refused || f.Hints[0] != "try this" {
		t.Errorf("%+v", f)
	}
	if In("p", nil) != nil {
		t.Error("no error became one")
	}
	if plain := In("p", errors.New("x")); KindOf(plain) != Internal {
		t.Errorf("%v", plain)
	}
}
