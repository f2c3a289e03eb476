// Command authctl gets OAuth 2 and OpenID Connect tokens for named profiles.
package main

import (
	"os"

	"authctl/cmd"
	"authctl/internal/app"
	"authctl/internal/host"
)

func main() {
	host.Harden()
	signals := host.NewSignals(os.Stderr, os.Exit)
	sys := app.Host()
	sys.Spending, sys.Lend, sys.Become = signals.Spending, signals.Lend, signals.Become
	code := cmd.Main(signals.Context(), sys, os.Args[1:])
	signals.Stop()
	os.Exit(code)
}
