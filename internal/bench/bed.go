package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"authctl/internal/sandbox"
)

// How many profiles the two profiles files have.
const (
	few  = 15
	many = 1000
)

// bed is where the measured programs run: a sandbox, a home, some profiles files.
type bed struct {
	bin    string
	box    *sandbox.Sandbox
	folder string
	far    far
}

// env is what every measured program sees, and more.
func (b *bed) env(more ...string) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + b.folder, "XDG_CACHE_HOME=" + filepath.Join(b.folder, "cache"),
		"AUTHCTL_STORE=file",
	}
	for name, value := range b.box.Env() {
		env = append(env, name+"="+value)
	}
	return append(env, more...)
}

func (b *bed) program(name string) string { return filepath.Join(b.bin, name) }

// authctls are the measured one and, where there is one, the earlier one.
func (b *bed) authctls() []string {
	if _, err := os.Stat(b.program("before")); err != nil {
		return []string{b.program("authctl")}
	}
	return []string{b.program("authctl"), b.program("before")}
}

// state is where an authctl keeps its tokens.
func (b *bed) state(authctl string) string {
	return filepath.Join(b.folder, "state-"+filepath.Base(authctl))
}

// prepare writes the profiles files and gets the tokens that the rows find in the store.
func (b *bed) prepare(ctx context.Context) error {
	if err := os.MkdirAll(b.folder, 0o700); err != nil {
		return err
	}
	for _, n := range []int{few, many} {
		if err := os.WriteFile(b.profiles(n), manyProfiles(b.box.ProfilesYAML(), n), 0o600); err != nil {
			return err
		}
	}
	if err := b.spread(many); err != nil {
		return err
	}
	if err := b.reach(); err != nil {
		return err
	}
	token, err := b.output(ctx, b.env(), b.program("authctl"), "token", "-p", "salus")
	if err != nil {
		return err
	}
	return os.WriteFile(b.tokenFile(), token, 0o600)
}

// tokenFile holds one token, for decode.
func (b *bed) tokenFile() string { return filepath.Join(b.folder, "token") }

func (b *bed) profiles(n int) string {
	return filepath.Join(b.folder, fmt.Sprintf("profiles-%d.yaml", n))
}

// manyProfiles repeats profile salus until the file has n.
func manyProfiles(yaml []byte, n int) []byte {
	text := string(yaml)
	var out bytes.Buffer
	out.WriteString(text)
	for i := strings.Count(text, "\n    preset: "); i < n; i++ {
		fmt.Fprintf(&out, "  copy-%d:\n%s", i, salus(text))
	}
	return out.Bytes()
}

// spread writes the sandbox's profiles file with n-few more beside it, one a file in profiles.d.
func (b *bed) spread(n int) error {
	folder := filepath.Join(filepath.Dir(b.beside()), "profiles.d")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	yaml := b.box.ProfilesYAML()
	if err := os.WriteFile(b.beside(), yaml, 0o600); err != nil {
		return err
	}
	var body strings.Builder
	for line := range strings.Lines(salus(string(yaml))) {
		body.WriteString(strings.TrimPrefix(line, "    "))
	}
	for i := few; i < n; i++ {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("copy-%d.yaml", i)), []byte(body.String()), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// beside is the profiles file that has a profiles.d.
func (b *bed) beside() string { return filepath.Join(b.folder, "spread", "profiles.yaml") }

// salus is the body of that profile in the sandbox's file.
func salus(yaml string) string {
	_, rest, _ := strings.Cut(yaml, "\n  salus:\n")
	var body strings.Builder
	for line := range strings.Lines(rest) {
		if !strings.HasPrefix(line, "    ") {
			break
		}
		body.WriteString(line)
	}
	return body.String()
}

func (b *bed) output(ctx context.Context, env []string, argv ...string) ([]byte, error) {
	r, err := once(ctx, call{env, argv})
	return r.out, err
}
