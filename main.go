// Command authctl gets OAuth 2 and OpenID Connect tokens for named profiles.
package main

import (
	"os"

	"authctl/cmd"
	"authctl/internal/app"
)

func main() {
	app.Harden()
	ctx, stop := app.Interruptible()
	code := cmd.Main(ctx, app.Host(), os.Args[1:])
	stop()
	os.Exit(code)
}
