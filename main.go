// Command authctl gets OAuth 2 and OpenID Connect tokens for named profiles.
package main

import (
	"os"

	"authctl/cmd"
	"authctl/internal/app"
)

func main() {
	app.Harden()
	signals := app.NewSignals(os.Stderr, os.Exit)
	sys := app.Host()
	sys.Spending, sys.Lend = signals.Spending, signals.Lend
	code := cmd.Main(signals.Context(), sys, os.Args[1:])
	signals.Stop()
	os.Exit(code)
}
