package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// row is one line of the table; it is measured for each authctl of a list.
type row struct {
	what, against, aim string
	measure            func(ctx context.Context, authctls []string) ([]string, error)
}

// ratios are the rows that compare two programs.
func (b *bed) ratios() []row {
	libraries := always(call{b.env(), []string{b.program("libraries")}})
	fresh := b.args("token", "-p", "salus")
	cold := with(fresh, "AUTHCTL_STORE=none")
	key := filepath.Join(b.box.Dir(), "klg-key.pem")
	profiles := func(file string) side { return with(fresh, "AUTHCTL_CONFIG="+file) }
	return []row{
		ratio("`libraries`", "an empty Go program", "a fact", libraries, always(call{b.env(), []string{b.program("empty")}})),
		ratio("`version`", "`libraries`", "<= 1.15x", b.args("version"), libraries),
		ratio("`token`, fresh, `store: file`", "`libraries`", "<= 1.43x", fresh, libraries),
		b.keyring(),
		ratio("`token`, `store: none`", "a bare Go program, the same request", "<= 1.4x", cold, always(b.post())),
		ratio("`token`, `store: none`", "`curl`, the same request", "<= 0.7x", cold, always(b.curlRequest())),
		b.far(),
		ratio("`kid`", "`libraries`", "<= 1.43x", b.args("kid", key), libraries),
		ratio("`decode`", "`libraries`", "<= 1.43x", b.args("decode", b.tokenFile()), libraries),
		ratio("`assert` RS256", "`libraries`, a key parsed, one signature", "<= 1.43x", b.args("assert", "-p", "klg"),
			always(call{b.env(), []string{b.program("libraries"), key}})),
		difference(fmt.Sprintf("`token`, fresh, %d profiles in one file", many), fmt.Sprintf("the same with %d", few), "<= +30 ms", profiles(b.profiles(many)), profiles(b.profiles(few))),
		ratio(fmt.Sprintf("`token`, fresh, %d profiles, most in `profiles.d`", many), fmt.Sprintf("%d in one file", few), "<= 1.05x", profiles(b.beside()), profiles(b.profiles(few))),
		b.passthrough(),
	}
}

// side is one side of a comparison, for one authctl.
type side func(authctl string) call

// always is a side that no authctl has part in.
func always(c call) side { return func(string) call { return c } }

// args is authctl with these arguments, its store a file.
func (b *bed) args(args ...string) side {
	return func(authctl string) call { return call{b.env(), append([]string{authctl}, args...)} }
}

// with adds to the environment; the last of a name holds.
func with(s side, env ...string) side {
	return func(authctl string) call {
		c := s(authctl)
		return call{append(c.env, env...), c.argv}
	}
}

func ratio(what, against, aim string, one, other side) row {
	return compare(what, against, aim, one, other, func(mine, floor time.Duration) string {
		return fmt.Sprintf("%.2fx", float64(mine)/float64(floor))
	})
}

func difference(what, against, aim string, one, other side) row {
	return compare(what, against, aim, one, other, func(mine, floor time.Duration) string { return fmt.Sprintf("%+.1f ms", (mine-floor).Seconds()*1000) })
}

// compare runs both sides for all authctls in turn.
func compare(what, against, aim string, one, other side, say func(mine, floor time.Duration) string) row {
	return row{what, against, aim, func(ctx context.Context, authctls []string) ([]string, error) {
		var calls []call
		for _, a := range authctls {
			calls = append(calls, one(a), other(a))
		}
		times, err := interleaved(ctx, calls...)
		if err != nil {
			return nil, err
		}
		var cells []string
		for i := 0; i < len(times); i += 2 {
			cells = append(cells, fmt.Sprintf("%s (%s / %s)", say(times[i], times[i+1]), millis(times[i]), millis(times[i+1])))
		}
		return cells, nil
	}}
}

// keyring compares with the bare read of one item, where there is a keyring.
func (b *bed) keyring() row {
	env := []string{"AUTHCTL_STORE=keyring"}
	for _, name := range []string{"DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	token := with(b.args("token", "-p", "salus"), env...)
	floor := always(call{b.env(env...), []string{b.program("keyring"), "authctl-bench", "item"}})
	r := ratio("`token`, fresh, `store: keyring`", "a Go program that reads one keyring item", "<= 1.15x", token, floor)
	measure := r.measure
	r.measure = func(ctx context.Context, authctls []string) ([]string, error) {
		put := `printf item | secret-tool store --label="authctl bench" service authctl-bench username item`
		if _, err := b.output(ctx, b.env(env...), "sh", "-c", put); err != nil {
			return []string{"no keyring here (" + strings.TrimSpace(fmt.Sprintf("%.80v", err)) + ")"}, nil
		}
		if _, err := once(ctx, token(authctls[0])); err != nil {
			return nil, err
		}
		return measure(ctx, authctls)
	}
	return r
}

// passthrough is the time that `authctl curl` adds to curl.
func (b *bed) passthrough() row {
	url := b.box.URL + "/salus/api/me"
	header := filepath.Join(b.folder, "curl-header")
	r := difference("`curl` on a fresh token", "`curl` with the header given", "<= +5 ms",
		b.args("curl", "-p", "salus", "--", "-sf", "-o", "/dev/null", url),
		always(call{b.env(), []string{"curl", "-q", "-sf", "-o", "/dev/null", "-K", header, url}}))
	measure := r.measure
	r.measure = func(ctx context.Context, authctls []string) ([]string, error) {
		text, err := b.output(ctx, b.env(), authctls[0], "token", "-p", "salus", "-o", "curl")
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(header, text, 0o600); err != nil {
			return nil, err
		}
		return measure(ctx, authctls)
	}
	return r
}

func millis(d time.Duration) string { return fmt.Sprintf("%.1f ms", d.Seconds()*1000) }
