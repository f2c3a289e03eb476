// Command authctl gets OAuth 2 and OpenID Connect tokens for named profiles.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"authctl/cmd"
	"authctl/internal/app"
)

func main() {
	app.Harden()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := cmd.Main(ctx, app.Host(), os.Args[1:])
	stop()
	os.Exit(code)
}
