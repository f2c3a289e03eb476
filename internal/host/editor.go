package host

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

// Editor edits the file at path in the user's editor, chosen and run as git does
// (git-var(1), GIT_EDITOR): $VISUAL where the terminal is not dumb, $EDITOR, vi;
// of several words the first is the program. It is given no secret.
func Editor(ctx context.Context, env func(string) (string, bool), terminal bool, path string) error {
	words, err := editor(env, terminal)
	if err != nil {
		return err
	}
	var c *exec.Cmd
	if runtime.GOOS == "windows" {
		argv := append(strings.Fields(words), path)
		c = exec.CommandContext(ctx, argv[0], argv[1:]...)
	} else {
		c = exec.CommandContext(ctx, "/bin/sh", "-c", words+` "$@"`, words, path)
	}
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr //nolint:forbidigo // the editor has the terminal, not authctl
	c.Env = secret.Withheld(c.Environ(), nil, nil)
	if err := c.Run(); err != nil {
		return fault.New(fault.Config, "the editor %s failed: %w", words, err).Hint("VISUAL or EDITOR names another one")
	}
	return nil
}

func editor(env func(string) (string, bool), terminal bool) (string, error) {
	get := func(name string) string { v, _ := env(name); return strings.TrimSpace(v) }
	dumb := get("TERM") == "" || get("TERM") == "dumb"
	switch {
	case get("VISUAL") != "" && (!dumb || runtime.GOOS == "windows"):
		return get("VISUAL"), nil
	case get("EDITOR") != "":
		return get("EDITOR"), nil
	case runtime.GOOS == "windows":
		return "notepad", nil
	case !terminal || dumb:
		return "", fault.New(fault.Usage, "there is no terminal for an editor").Hint("VISUAL or EDITOR names one that needs none")
	}
	return "vi", nil
}
