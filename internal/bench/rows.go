package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// row is one line of the table.
type row struct {
	what, against, aim string
	measure            func(ctx context.Context) (string, error)
}

// ratios are the rows that compare two programs.
func (b *bed) ratios() []row {
	authctl, empty := b.program("authctl"), call{b.env(), []string{b.program("empty")}}
	file := func(args ...string) call { return call{b.env(), append([]string{authctl}, args...)} }
	with := func(profiles string) call {
		return call{b.env("AUTHCTL_CONFIG=" + profiles), []string{authctl, "token", "-p", "salus"}}
	}
	rows := []row{
		b.ratio("`token`, fresh, `store: file`", "an empty Go program", "<= 2.0x", file("token", "-p", "salus"), empty),
		b.ratio("`token`, `store: none`", "`curl`, the same request", "<= 1.0x",
			call{b.env("AUTHCTL_STORE=none"), []string{authctl, "token", "-p", "salus"}}, b.curlRequest()),
		b.ratio("`kid`", "an empty Go program", "<= 2.0x", file("kid", filepath.Join(b.box.Dir(), "klg-key.pem")), empty),
		b.ratio("`decode`", "an empty Go program", "<= 2.0x", file("decode", b.tokenFile()), empty),
		b.ratio("`assert`", "an empty Go program", "<= 2.0x + one RSA signature", file("assert", "-p", "klg"), empty),
		b.ratio(fmt.Sprintf("`token`, fresh, %d profiles in one file", many), fmt.Sprintf("the same with %d", few), "<= 1.2x", with(b.profiles(many)), with(b.profiles(few))),
		b.ratio(fmt.Sprintf("`token`, fresh, %d profiles, most in `profiles.d`", many), fmt.Sprintf("%d in one file", few), "<= 1.2x", with(b.beside()), with(b.profiles(few))),
		b.passthrough(),
	}
	return append([]row{b.keyring()}, rows...)
}

func (b *bed) ratio(what, against, aim string, one, other call) row {
	return row{what, against, aim, func(ctx context.Context) (string, error) {
		mine, floor, err := b.medians(ctx, one, other)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%.2fx (%s / %s)", float64(mine)/float64(floor), millis(mine), millis(floor)), nil
	}}
}

// keyring compares with the bare read of one item, where there is a keyring.
func (b *bed) keyring() row {
	service := "authctl-bench"
	env := b.env("AUTHCTL_STORE=keyring")
	for _, name := range []string{"DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	token := call{env, []string{b.program("authctl"), "token", "-p", "salus"}}
	floor := call{env, []string{b.program("keyring"), service, "item"}}
	r := b.ratio("`token`, fresh, `store: keyring`", "a Go program that reads one keyring item", "<= 1.3x", token, floor)
	measure := r.measure
	r.measure = func(ctx context.Context) (string, error) {
		put := exec.CommandContext(ctx, "secret-tool", "store", "--label=authctl bench", "service", service, "username", "item")
		put.Env, put.Stdin = env, strings.NewReader("0123456789abcdef0123456789abcdef")
		if out, err := put.CombinedOutput(); err != nil {
			return fmt.Sprintf("no keyring here (%v: %.80s)", err, strings.TrimSpace(string(out))), nil
		}
		if _, err := b.output(ctx, env, token.argv[0], token.argv[1:]...); err != nil {
			return "", err
		}
		return measure(ctx)
	}
	return r
}

// passthrough is the time that `authctl curl` adds to curl.
func (b *bed) passthrough() row {
	url := b.box.URL + "/salus/api/me"
	return row{"`curl` on a fresh token", "`curl` with the header given", "<= +10 ms", func(ctx context.Context) (string, error) {
		header, err := b.output(ctx, b.env(), b.program("authctl"), "token", "-p", "salus", "-o", "curl")
		if err != nil {
			return "", err
		}
		plain, err := b.private("curl-header", string(header))
		if err != nil {
			return "", err
		}
		mine, floor, err := b.medians(ctx,
			call{b.env(), []string{b.program("authctl"), "curl", "-p", "salus", "--", "-sf", "-o", "/dev/null", url}},
			call{b.env(), []string{"curl", "-q", "-sf", "-o", "/dev/null", "-K", plain, url}})
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%+.1f ms (%s / %s)", (mine-floor).Seconds()*1000, millis(mine), millis(floor)), nil
	}}
}

func millis(d time.Duration) string { return fmt.Sprintf("%.1f ms", d.Seconds()*1000) }
