package app

import (
	"crypto/rand"
	"os"
	"time"

	"authctl/internal/host"

	"golang.org/x/term"
)

// Host is the real machine.
func Host() System {
	return System{
		In: os.Stdin, Out: host.Stdout(os.Stdout), Err: os.Stderr,
		Env: os.LookupEnv, Environ: os.Environ, Now: time.Now, Rand: rand.Reader,
		IsTerminal: func(fd int) bool { return term.IsTerminal(fd) },
		Columns:    host.Columns,
		Escapes:    host.Escapes,
		Prompt:     host.Prompt,
	}
}
