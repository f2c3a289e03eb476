package app

import (
	"context"
	"errors"
	"slices"
	"strings"

	"authctl/internal/acquire"
	"authctl/internal/host"
	"authctl/internal/profile"
	"authctl/internal/render"
	"authctl/internal/secret"
)

// Exec runs the program with the variables of -o env in its environment, in
// which none of the profile's secrets stays. It returns where the program could
// not take this process's place: with its exit code, or with an error.
func (a *App) Exec(ctx context.Context, p *profile.Profile, acq *acquire.Acquirer, r acquire.Result, o PrintOptions, program string, argv []string) (int, error) {
	out, err := a.printed(ctx, p, acq, r, o)
	if err != nil {
		return 0, err
	}
	set, err := render.Environ(out, o.Options)
	if err != nil {
		return 0, err
	}
	replaced := slices.Clone(set)
	for i, v := range replaced {
		replaced[i], _, _ = strings.Cut(v, "=")
	}
	withheld := slices.Concat(a.secretVariables(p), replaced)
	for _, ref := range p.Refs() {
		withheld = append(withheld, ref.Ref.Environ...)
	}
	environ := append(secret.Withheld(a.Sys.Environ(), withheld, nil), set...)
	code, err := a.Sys.Become(program, argv, environ)
	if err != nil && !errors.Is(err, context.Canceled) {
		err = host.NotRunnable(argv[0], err)
	}
	return code, err
}
