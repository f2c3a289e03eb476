package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// records is how many a full store has.
const records = 3000

// keyring compares with the bare read of one item, where there is a keyring.
func (b *bed) keyring() row {
	env := []string{"AUTHCTL_STORE=keyring"}
	for _, name := range []string{"DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	token := with(b.args("token", "-p", "salus"), env...)
	floor := with(b.floor("keyring", "authctl-bench", "item"), env...)
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

// kept compares a store of many records with one of a few.
func (b *bed) kept(fresh side) row {
	full := func(authctl string) string { return b.state(authctl) + "-full" }
	token := func(authctl string) call { return with(fresh, "XDG_STATE_HOME="+full(authctl))(authctl) }
	r := ratio(fmt.Sprintf("`token`, fresh, %d records kept", records), "1 kept", "<= 1.05x", token, fresh)
	measure := r.measure
	r.measure = func(ctx context.Context, authctls []string) ([]string, error) {
		for _, a := range authctls {
			if _, err := once(ctx, token(a)); err != nil {
				return nil, err
			}
			if err := multiply(full(a)); err != nil {
				return nil, err
			}
		}
		return measure(ctx, authctls)
	}
	return r
}

// multiply copies the one record below folder until there are that many.
func multiply(folder string) error {
	return filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".rec" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for i := range records - 1 {
			if err := os.WriteFile(filepath.Join(filepath.Dir(path), fmt.Sprintf("%064x.rec", i)), text, 0o600); err != nil {
				return err
			}
		}
		return filepath.SkipAll
	})
}

// passthrough is the time that `authctl curl` adds to curl.
func (b *bed) passthrough() row {
	url := b.box.URL + "/salus/api/me"
	header := filepath.Join(b.folder, "curl-header")
	r := difference("`curl` on a fresh token", "`curl` with the header given", "<= +5 ms", wall,
		b.args("curl", "-p", "salus", "--", "-sf", "-o", "/dev/null", url),
		always(call{b.env(), []string{"curl", "-q", "-sf", "-o", "/dev/null", "-K", header, url}}))
	measure := r.measure
	r.measure = func(ctx context.Context, authctls []string) ([]string, error) {
		text, err := b.output(ctx, b.env("XDG_STATE_HOME="+b.state(authctls[0])), authctls[0], "token", "-p", "salus", "-o", "curl")
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
