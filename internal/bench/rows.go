package main

import (
	"context"
	"fmt"
	"path/filepath"
)

// row is one line of the table; it is measured for each authctl of a list.
type row struct {
	what, against, aim string
	measure            func(ctx context.Context, authctls []string) ([]string, error)
}

// ratios are the rows that compare programs.
func (b *bed) ratios() []row {
	libraries := b.floor("libraries")
	fresh := b.args("token", "-p", "salus")
	cold := with(fresh, "AUTHCTL_STORE=none")
	key := filepath.Join(b.box.Dir(), "klg-key.pem")
	profiles := func(file string) side { return with(fresh, "AUTHCTL_CONFIG="+file) }
	far := with(cold, "AUTHCTL_CONFIG="+b.far.system, "SSL_CERT_FILE="+b.far.bundle)
	own := with(cold, "AUTHCTL_CONFIG="+b.far.own)
	return []row{
		ratio("`libraries`", "an empty Go program", "a fact", libraries, b.floor("empty")),
		ratio("`version`", "`libraries`", "<= 1.15x", b.args("version"), libraries),
		ratio("`token`, fresh, `store: file`", "`libraries`", "<= 1.43x", fresh, libraries),
		b.keyring(),
		b.warm(fresh),
		ratio("`token`, `store: none`", "a bare Go program, the same request", "<= 1.4x", cold, always(b.post())),
		ratio("`token`, `store: none`", "`curl`, the same request", "<= 0.7x", cold, always(b.curlRequest(b.box.URL))),
		ratio("`token`, `store: none`, https at 20 ms, the system's roots", "the same with one own CA", "<= 1.08x", far, own),
		ratio("`token`, `store: none`, https at 20 ms, the system's roots", "`curl`, the same bundle", "<= 1x", far,
			always(b.curlRequest(b.far.server.URL, "--cacert", b.far.bundle))),
		difference("CPU of the same", "the same with one own CA", "a fact", cpu, far, own),
		difference("CPU of the same, `SSL_CERT_DIR` an empty folder", "the same with one own CA", "a fact", cpu,
			with(far, "SSL_CERT_DIR="+b.far.empty), own),
		ratio("`kid`", "`libraries`", "<= 1.43x", b.args("kid", key), libraries),
		ratio("`decode`", "`libraries`", "<= 1.43x", b.args("decode", b.tokenFile()), libraries),
		ratio("`assert` RS256", "`libraries`, and a bare Go program that parses the key and signs", "<= 1x",
			b.args("assert", "-p", "klg"), libraries, b.floor("sign", key)),
		difference(fmt.Sprintf("`token`, fresh, %d profiles in one file", many), fmt.Sprintf("the same with %d", few),
			"<= +30 ms", wall, profiles(b.profiles(many)), profiles(b.profiles(few))),
		ratio(fmt.Sprintf("`token`, fresh, %d profiles, most in `profiles.d`", many), fmt.Sprintf("%d in one file", few),
			"<= 1.05x", profiles(b.beside()), profiles(b.profiles(few))),
		b.kept(fresh),
		b.passthrough(),
	}
}
