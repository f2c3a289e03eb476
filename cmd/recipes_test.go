package cmd_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"authctl/internal/sandbox"
)

// block is one fenced block of docs/recipes.md.
type block struct{ heading, kind, language, text string }

// kitchen is where a recipe is tried: an empty folder inside the sandbox.
type kitchen struct {
	t       *testing.T
	dir     string
	env     map[string]string
	base    string // of the API of salus
	root    string // of the sandbox
	secrets map[string]string
}

// recipeKinds says how each kind of block is tried.
func recipeKinds() map[string]func(k *kitchen, b block) {
	return map[string]func(*kitchen, block){
		"shell": (*kitchen).shell, "make": (*kitchen).makefile, "github": (*kitchen).github, "github-oidc": (*kitchen).githubOIDC, "gitlab": (*kitchen).gitlab,
		"azure": (*kitchen).azure, "kube": (*kitchen).kube, "dotenv": (*kitchen).dotenv, "postman": (*kitchen).postman,
		"powershell": (*kitchen).powershell, "httpie": (*kitchen).httpie, "wget": (*kitchen).wget, "http": (*kitchen).http, "dpop": (*kitchen).dpop,
		"frontend": (*kitchen).frontend,
	}
}

// TestRecipes tries every block of docs/recipes.md, as it stands there, against
// the sandbox. A block without a kind fails.
func TestRecipes(t *testing.T) {
	text, err := os.ReadFile("../docs/recipes.md")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not installed here")
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	box, err := sandbox.Start(ctx, sandbox.Options{Now: time.Now, Rand: rand.Reader, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	kinds, tried := recipeKinds(), map[string]bool{}
	for _, b := range blocks(string(text)) {
		try, ok := kinds[b.kind]
		if !ok {
			t.Errorf("%s: a block is not tested (%q)", b.heading, b.kind)
			continue
		}
		tried[b.kind] = true
		t.Run(b.heading, func(t *testing.T) { try(newKitchen(t, box), b) })
	}
	if len(tried) != len(kinds) {
		t.Errorf("of %v only %v were tried", slices.Sorted(maps.Keys(kinds)), slices.Sorted(maps.Keys(tried)))
	}
}

// blocks finds the fenced blocks and the `<!-- test: KIND -->` before each.
func blocks(text string) []block {
	var all []block
	var b block
	inside := false
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "```") && inside:
			all = append(all, b)
			inside, b.kind, b.text = false, "", ""
		case strings.HasPrefix(line, "```"):
			inside, b.language = true, strings.TrimSpace(line[3:])
		case inside:
			b.text += line
		case strings.HasPrefix(line, "## "):
			b.heading = strings.TrimSpace(line[3:])
		case strings.HasPrefix(line, "<!-- test: "):
			b.kind = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "<!-- test: "), " -->")
		}
	}
	return all
}

func newKitchen(t *testing.T, box *sandbox.Sandbox) *kitchen {
	t.Helper()
	dir := t.TempDir()
	k := &kitchen{t: t, dir: dir, root: box.URL, base: box.URL + "/salus", env: map[string]string{}, secrets: map[string]string{}}
	for _, name := range []string{"PATH", "TMPDIR"} {
		k.env[name] = os.Getenv(name)
	}
	for name, value := range box.Env() {
		if strings.HasPrefix(name, "AUTHCTL_SECRET_") {
			k.secrets[name] = value
		}
		k.env[name] = value
	}
	k.env["API"], k.env["AUTHCTL_STORE"], k.env["HOME"] = k.base, "none", dir
	return k
}

// without takes the sandbox's secrets away, where the recipe must bring them.
func (k *kitchen) without() {
	for name := range k.secrets {
		delete(k.env, name)
	}
}

func (k *kitchen) file(name, text string) string {
	path := filepath.Join(k.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		k.t.Fatal(err)
	}
	return path
}

func (k *kitchen) read(name string) string {
	text, err := os.ReadFile(filepath.Join(k.dir, name))
	if err != nil {
		k.t.Fatal(err)
	}
	return string(text)
}

func (k *kitchen) needs(program string) string {
	path, err := exec.LookPath(program)
	if err != nil {
		k.t.Skip(program + " is not installed here")
	}
	return path
}

// run fails the test when the program does, and gives its stdout.
func (k *kitchen) run(program string, args ...string) string {
	k.t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = k.dir
	for name, value := range k.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		k.t.Fatalf("%s: %v\n%s%s", program, err, out.String(), errs.String())
	}
	return out.String()
}

// isMe wants the API's answer about the client of salus.
func (k *kitchen) isMe(text string) {
	k.t.Helper()
	if !regexp.MustCompile(`"client":"client_333".*"subject"`).MatchString(text) {
		k.t.Errorf("the API's answer is %q", text)
	}
}
