package cmd_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"authctl/cmd"
	"authctl/internal/app"
)

// examplesNotRun says why no test runs an example.
func examplesNotRun() map[string]string {
	return map[string]string{
		"authctl login-pkce -p work --paste": "wants what the browser's address bar shows in the end: TestLoginByPaste",
		"authctl login-password -p work":     "asks at a terminal: TestLoginPassword",
	}
}

// TestExamplesOfHelp runs every example of every command's help, in order.
func TestExamplesOfHelp(t *testing.T) {
	box := pagesBox(t)
	skipped := map[string]bool{}
	t.Run("commands", func(t *testing.T) {
		commands(cmd.Tree(app.Host()), func(c *cobra.Command) {
			var lines []string
			for line := range strings.Lines(c.Example) {
				line = strings.TrimSpace(line)
				if examplesNotRun()[line] == "" {
					lines = append(lines, line)
				}
				skipped[line] = true
			}
			t.Run(c.CommandPath(), func(t *testing.T) {
				t.Parallel()
				k := newPage(t, box, "help")
				if set, ok := stages()["help#"+c.CommandPath()]; ok {
					set(k)
				}
				for _, line := range lines {
					t.Run(line, func(t *testing.T) {
						k.t = t
						k.steps("", block{text: line})
					})
				}
			})
		})
	})
	for line := range examplesNotRun() {
		if !skipped[line] {
			t.Errorf("no example is %q", line)
		}
	}
}

// commands visits every command that has examples.
func commands(c *cobra.Command, visit func(*cobra.Command)) {
	if c.Example != "" {
		visit(c)
	}
	for _, sub := range c.Commands() {
		commands(sub, visit)
	}
}

// helpFiles is what the examples of help name.
func (k *kitchen) helpFiles() {
	k.keyFiles()
	k.portalFile()
	k.copied(filepath.Join(k.folder, "helseid-login.json"), "configuration.json")
	k.file("order.json", "{}")
	k.file("token.txt", "any\n")
	k.anyProfile("api", "grant: token_exchange\n")
	k.anyProfile("work", "")
	k.named("example", "helseid-login")
	k.named("gateway", "klg")
	k.env["AUTHCTL_PROFILE"] = "work"
	k.swaps = append(k.swaps, "https://api.example.org", k.example, "--port 8400", "--port "+freePort(k.t), "--preset PRESET", "--preset oidc")
	for _, name := range []string{"deploy.sh", "terraform", "fetch-assertion"} {
		k.file(name, "#!/bin/sh\nset -e\ncase $0 in *assertion) curl -fsS \""+k.root+"/klg/sts/assertion\";; esac\n")
		k.run("chmod", "700", name)
	}
	k.run("sh", "-euc", "./fetch-assertion >assertion.xml; authctl login -p work")
	k.env["PATH"] = k.dir + ":" + k.env["PATH"]
}
