package cmd_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestLoginByPaste(t *testing.T) {
	d := newDesk(t, strings.Replace(demo, "    grant:", "    login: {redirect_uri: 'https://app.example/cb'}\n    grant:", 1))
	in, out := io.Pipe()
	d.in = in
	d.browser.Before = func(address string) bool {
		go func() {
			client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			resp, err := client.Get(address)
			if err != nil {
				return
			}
			resp.Body.Close()
			fmt.Fprintln(out, resp.Header.Get("Location"))
			out.Close()
		}()
		return false
	}
	if o := d.must(d.run(t.Context(), "login-pkce", "--paste"), 0); !strings.HasPrefix(o.stdout, "access-") {
		t.Errorf("stdout %q", o.stdout)
	}
}

func TestOverSSHTheAddressIsShown(t *testing.T) {
	d := newDesk(t, demo)
	d.env["SSH_CONNECTION"] = "10.0.0.1 1 10.0.0.2 22"
	d.browser.Before = func(string) bool { t.Error("a browser was opened"); return false }
	o := d.must(d.run(t.Context(), "login-pkce", "--no-browser", "--timeout", "50ms"), 8)
	for _, want := range []string{"Open this address", d.server.URL + "/authorize?", "ssh -L ", "--paste", "login-device"} {
		if !strings.Contains(o.stderr, want) {
			t.Errorf("stderr lacks %q: %s", want, o.stderr)
		}
	}
}

func TestWithoutABrowserHereTheAddressIsShown(t *testing.T) {
	d := newDesk(t, demo)
	d.browser = nil // this machine's own, which has neither a display nor $BROWSER
	o := d.must(d.run(t.Context(), "login-pkce", "--timeout", "100ms"), 8)
	for _, want := range []string{"no browser that authctl could open", "login-device", "Open this address", d.server.URL + "/authorize?"} {
		if !strings.Contains(o.stderr, want) {
			t.Errorf("stderr lacks %q: %s", want, o.stderr)
		}
	}
}

// TestOverSSHAPersonMayPaste: with a terminal and no browser here, both ways
// back are open, the port and the paste.
func TestOverSSHAPersonMayPaste(t *testing.T) {
	d := newDesk(t, demo)
	d.env["SSH_TTY"], d.typing = "/dev/pts/1", true
	in, out := io.Pipe()
	d.in = in
	var stderr syncBuffer
	go func() {
		address := stderr.waitFor("  " + d.server.URL + "/authorize?")
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := client.Get(address)
		if err == nil {
			resp.Body.Close()
			fmt.Fprintln(out, "oops")
			fmt.Fprintln(out, resp.Header.Get("Location"))
		}
	}()
	o := d.must(d.runTo(t.Context(), &stderr, "login-pkce", "--no-browser", "--timeout", "10s"), 0)
	if !strings.HasPrefix(o.stdout, "access-") || !strings.Contains(stderr.String(), "That is not it") {
		t.Errorf("stdout %q, stderr %s", o.stdout, &stderr)
	}
}

func TestLoginDevice(t *testing.T) {
	d := newDesk(t, demo)
	pending := 2
	d.server.Token = func(w http.ResponseWriter, p map[string]string) bool {
		if pending--; pending < 0 || p["grant_type"] == "refresh_token" {
			return false
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"authorization_pending"}`)
		return true
	}
	o := d.must(d.run(t.Context(), "login-device"), 0)
	if !strings.HasPrefix(o.stdout, "access-") || !strings.Contains(o.stderr, "ABCD-EFGH") || !strings.Contains(o.stderr, "█") {
		t.Errorf("stdout %q, stderr %s", o.stdout, o.stderr)
	}
	if n := len(d.server.Seen("/token")); n != 3 {
		t.Errorf("asked %d times", n)
	}
	if again := d.must(d.run(t.Context(), "token"), 0); again.stdout != o.stdout {
		t.Errorf("token gave %q", again.stdout)
	}
	d.server.Token = func(w http.ResponseWriter, _ map[string]string) bool {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"access_denied"}`)
		return true
	}
	if o := d.must(d.run(t.Context(), "login-device"), 4); !strings.Contains(o.stderr, "hint: somebody declined") {
		t.Errorf("declined: %s", o.stderr)
	}
	d.server.IDToken = func(c map[string]any) { c["aud"] = "other" }
	bad := newDesk(t, demo)
	bad.server.IDToken = d.server.IDToken
	bad.must(bad.run(t.Context(), "login-device"), 7)
	if bad.records() != 0 {
		t.Error("something is kept")
	}
}

// A device code is spent once: an id_token that cannot be verified now ends the login.
func TestLoginDeviceEndsWithItsCode(t *testing.T) {
	d := newDesk(t, demo)
	d.server.Document = func(doc map[string]any) { doc["jwks_uri"] = d.server.URL + "/nowhere" }
	o := d.must(d.run(t.Context(), "login-device"), 5)
	if n := len(d.server.Seen("/token")); n != 1 || !strings.Contains(o.stderr, "/nowhere") || d.records() != 0 {
		t.Errorf("asked %d times, %d records, stderr %s", n, d.records(), o.stderr)
	}
}

// Nobody is sent to a phone for an id_token that could not be verified.
func TestLoginDeviceWithoutKeysAsksForNoCode(t *testing.T) {
	for says, profile := range map[string]string{
		"set issuer":   "authorize_url: ISSUER/authorize\n    token_url: ISSUER/token\n    device_authorization_url: ISSUER/device",
		"set jwks_url": "issuer: ISSUER\n    discovery: never\n    authorize_url: ISSUER/authorize\n    token_url: ISSUER/token\n    device_authorization_url: ISSUER/device",
	} {
		d := newDesk(t, strings.Replace(demo, "issuer: ISSUER", profile, 1))
		o := d.must(d.run(t.Context(), "login-device"), 3)
		if !strings.Contains(o.stderr, says) || len(d.server.Seen("/device")) != 0 {
			t.Errorf("%s: %d codes asked for, stderr %s", says, len(d.server.Seen("/device")), o.stderr)
		}
	}
}

// login takes the browser where there is one, else the device where the server
// offers that, else the address that is shown.
func TestLoginTakesTheWayThereIs(t *testing.T) {
	for name, c := range map[string]struct {
		browser, device bool
		grant           string
		says            string // on stderr
		asked           string // the endpoint that was asked first
	}{
		"a browser":                {true, true, "authorization_code", "", "/authorize"},
		"no browser, a device":     {false, true, "authorization_code", "ABCD-EFGH", "/device"},
		"neither":                  {false, false, "authorization_code", "Open this address", ""},
		"a device's, by its grant": {true, true, "device_code", "ABCD-EFGH", "/device"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, strings.Replace(demo, "authorization_code", c.grant, 1))
			if !c.browser {
				d.browser = nil
			}
			if !c.device {
				d.server.Document = func(doc map[string]any) { delete(doc, "device_authorization_endpoint") }
			}
			code, flags := 0, []string{"login"}
			if c.says == "Open this address" {
				code, flags = 8, append(flags, "--timeout", "100ms")
			}
			o := d.must(d.run(t.Context(), flags...), code)
			if !strings.Contains(o.stderr, c.says) {
				t.Errorf("stderr lacks %q: %s", c.says, o.stderr)
			}
			for _, at := range []string{"/authorize", "/device"} {
				if n := len(d.server.Seen(at)); (n > 0) != (at == c.asked) {
					t.Errorf("%s was asked %d times", at, n)
				}
			}
		})
	}
}
