//go:build e2e

package keyring

import (
	"strings"
	"testing"

	"authctl/internal/sandbox"
)

// TestAPromptIsDismissed: the service then reports no error and has stored
// nothing, which must not pass for success.
func TestAPromptIsDismissed(t *testing.T) {
	for _, c := range []struct {
		name    string
		service *secretService
		set     string // what `secret set` says
	}{
		{"creating the item", &secretService{person: dismisses}, "reported success but did not change the item"},
		{"unlocking", &secretService{person: dismisses, promptUnlock: true}, "the OS keyring is locked"},
		{"nobody answers", &secretService{person: neverAnswers, promptUnlock: true}, "the OS keyring is locked (nobody unlocked it within 3s)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t, sandbox.Options{})
			d.pretend(c.service)
			d.says(d.Run(t, "CANARY\n", "secret", "set", "client_secret", "-p", "salus"), 6, c.set, salusSecret)
			if len(c.service.prompts) == 0 {
				t.Error("nobody was prompted: the test shows nothing")
			}

			// A token that can be fetched but not kept is printed, with one warning.
			r := d.with(salusSecret+"="+d.secret(salusSecret)).Run(t, "", "token", "-p", "salus")
			if r.Code != 0 || r.Stdout == "" || strings.Count(r.Stderr, "warning:") != 1 {
				t.Errorf("token: exit %d: %s", r.Code, r.Stderr)
			}
			if n := c.service.strangers.Load(); n != 0 {
				t.Errorf("%d sessions were opened by a caller without an answer yet: gnome-keyring can die of it", n)
			}
		})
	}
}
