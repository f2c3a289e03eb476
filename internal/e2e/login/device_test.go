//go:build e2e

package login

import (
	"strings"
	"testing"
	"time"

	"authctl/internal/e2e/chromium"
	"authctl/internal/sandbox"
)

// word waits for a word of stderr that begins so.
func (r *running) word(start string) string {
	r.t.Helper()
	for until := time.Now().Add(15 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		for _, word := range strings.Fields(r.stderr.String()) {
			if strings.HasPrefix(word, start) && strings.HasSuffix(r.stderr.String(), "\n") {
				return word
			}
		}
	}
	r.t.Fatalf("stderr has no %s\n%s", start, &r.stderr)
	return ""
}

// TestSandboxDevice: the address is opened elsewhere, the code typed, and then
// confirmed or not.
func TestSandboxDevice(t *testing.T) {
	browser := chromium.Start(t)
	for button, code := range map[string]int{"#login": 0, "#cancel": 4} {
		d, s := sandboxed(t, sandbox.Options{})
		login := d.start(t, "login-device", "-p", "klg-device")
		address := login.word(s.URL)
		user := login.word(address + "?user_code=")
		page := browser.Open(t, address, false)
		page.Type("#user_code", strings.TrimPrefix(user, address+"?user_code="))
		page.Click("#next")
		page.Click(button)
		page.Wait("#done")
		if token := login.end(code); code == 0 && d.Must(t, "", "token", "-p", "klg-device") != token {
			t.Error("token does not answer from the store")
		}
		if (d.records() == 0) != (code != 0) {
			t.Errorf("%s: %d records are kept", button, d.records())
		}
	}
}
