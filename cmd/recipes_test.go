package cmd_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"authctl/internal/sandbox"
)

// kitchen is where blocks of a page are tried: an empty folder inside the sandbox.
type kitchen struct {
	t       *testing.T
	dir     string
	env     map[string]string
	base    string // of the API of salus
	root    string // of the sandbox
	secrets map[string]string
	stdin   string     // of the steps
	said    string     // what the last program said on stderr
	page    *testing.T // of the whole page
	folder  string     // the sandbox's, with its keys
	example string     // the address of the last grantor
	out     string     // all that the page's steps printed
	want    []string   // what must be in that
	warned  string     // of what the steps may warn
	swaps   []string   // what a page calls otherwise, in pairs
}

// recipeKinds says how a block is tried that is no plain step of its page.
func recipeKinds() map[string]func(k *kitchen, b block) {
	return map[string]func(*kitchen, block){
		"shell": (*kitchen).shell, "make": (*kitchen).makefile, "github": (*kitchen).github, "github-oidc": (*kitchen).githubOIDC, "gitlab": (*kitchen).gitlab,
		"azure": (*kitchen).azure, "kube": (*kitchen).kube, "dotenv": (*kitchen).dotenv, "postman": (*kitchen).postman,
		"powershell": (*kitchen).powershell, "httpie": (*kitchen).httpie, "wget": (*kitchen).wget, "http": (*kitchen).http, "dpop": (*kitchen).dpop,
		"frontend": (*kitchen).frontend, "verbs": (*kitchen).verbs, "manifest": (*kitchen).manifest,
	}
}

func newKitchen(t *testing.T, box *sandbox.Sandbox) *kitchen {
	t.Helper()
	dir := t.TempDir()
	k := &kitchen{t: t, dir: dir, root: box.URL, base: box.URL + "/salus", env: map[string]string{}, secrets: map[string]string{}}
	for _, name := range []string{"PATH", "TMPDIR", "GORACE"} {
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
	if !filepath.IsAbs(name) {
		name = filepath.Join(k.dir, name)
	}
	text, err := os.ReadFile(name)
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
	ctx, cancel := context.WithTimeout(k.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.WaitDelay = k.dir, time.Second
	for name, value := range k.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var out bytes.Buffer
	errs := &device{}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(k.stdin), &out, errs
	err := cmd.Run()
	k.said = errs.said.String()
	if err != nil {
		k.t.Fatalf("%s: %v\n%s%s", program, err, out.String(), k.said)
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
