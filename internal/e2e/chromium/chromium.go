//go:build e2e

package chromium

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"authctl/internal/e2e/process"
)

// Browser is a Chromium that runs until the test ends, with a profile of its own.
type Browser struct {
	pipe *pipe
	page *Page // that the events are for
}

// Start runs Chromium, or skips the test where there is none.
func Start(t testing.TB) *Browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no browser: chromium is not on this machine")
	}
	theirIn, ourOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ourIn, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	cmd := exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
		"--no-first-run", "--hide-scrollbars", "--user-data-dir="+filepath.Join(folder, "profile"), "--remote-debugging-pipe", "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+folder)
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // descriptors 3 and 4
	p, err := process.Start(cmd, filepath.Join(folder, "chromium.log"))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = theirIn.Close(), theirOut.Close()
	b := &Browser{}
	b.pipe = newPipe(ourOut, ourIn, b.event)
	t.Cleanup(func() {
		p.Stop()
		_, _ = ourIn.Close(), ourOut.Close()
	})
	return b
}

// event collects what a page complains about.
func (b *Browser) event(method string, params json.RawMessage) {
	if p := b.page; p != nil && method == "Log.entryAdded" {
		p.complain(params)
	}
}
