package cmd

import (
	"testing"

	"authctl/internal/app"
)

// TestOneCommandIsBuilt: the word in the list is the command's own name, and
// only that command is built when the arguments begin with it.
func TestOneCommandIsBuilt(t *testing.T) {
	for _, e := range commands() {
		root := newRoot(&cli{sys: app.System{}}, []string{e.name, "--help"})
		built := root.Commands()
		if len(built) != 1 || built[0].Name() != e.name {
			t.Errorf("%s: %d commands were built, the first is %s", e.name, len(built), built[0].Name())
		}
	}
}

func TestAllCommandsAreBuilt(t *testing.T) {
	for _, args := range [][]string{nil, {"help", "token"}, {"-p", "x", "token"}, {"tokken"}, {"__complete", "tok"}} {
		root := newRoot(&cli{sys: app.System{}}, args)
		if got := len(root.Commands()); got != len(commands()) {
			t.Errorf("%v: %d commands were built, want all %d", args, got, len(commands()))
		}
	}
}
