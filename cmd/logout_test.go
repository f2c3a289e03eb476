package cmd

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// revoking is an authorization server that grants sessions and hears of their end.
type revoking struct {
	*httptest.Server
	refuse bool
	heard  []string // bodies at the revocation endpoint
}

func newRevoking(t *testing.T) *revoking {
	r := &revoking{}
	n := 0
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		_ = q.ParseForm()
		user, _, _ := q.BasicAuth()
		if q.URL.Path == "/token" {
			n++
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprintf(w, `{"access_token":"CANARY-a%d","token_type":"Bearer","expires_in":3600,"refresh_token":"CANARY-r%d"}`, n, n)
			return
		}
		r.heard = append(r.heard, q.Header.Get("Content-Type")+" "+user+" "+q.Form.Get("token_type_hint")+" "+q.Form.Get("token"))
		if r.refuse {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// with makes two profiles of the server, kept in files.
func (r *revoking) with(t *testing.T) *desk {
	d := newDesk(t)
	d.env["AUTHCTL_STORE"], d.env["XDG_STATE_HOME"] = "file", t.TempDir()
	var b strings.Builder
	b.WriteString("version: 1\ndefault_profile: salus\nprofiles:\n")
	for _, name := range []string{"salus", "other"} {
		fmt.Fprintf(&b, "  %s:\n    token_url: %s/token\n    revocation_url: %s/revoke\n    discovery: never\n"+
			"    client: {id: me, secret: env:S}\n    request: {encoding: json}\n", name, r.URL, r.URL)
	}
	d.env["S"] = "s3cret"
	if err := os.WriteFile(d.env["AUTHCTL_CONFIG"], []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return d
}

// keep obtains and keeps a token of each profile; its output is the token's and stays unseen.
func (d *desk) keep(profiles ...string) {
	d.t.Helper()
	for _, p := range profiles {
		before := d.records()
		d.quiet = true
		_, errs, code := d.run("", "token", "-p", p)
		d.quiet = false
		if code != 0 || d.records() != before+1 {
			d.t.Fatalf("token: exit %d, %d records: %s", code, d.records(), errs)
		}
	}
}

func (d *desk) records() int {
	found, _ := filepath.Glob(filepath.Join(d.env["XDG_STATE_HOME"], "authctl", "records", "file", "*.rec"))
	return len(found)
}

func TestLogoutRevokesAndForgets(t *testing.T) {
	r := newRevoking(t)
	d := r.with(t)
	d.keep("salus", "other")
	d.want("", 0, "salus: revoked and forgotten", "logout")
	if want := "application/x-www-form-urlencoded me refresh_token CANARY-r1"; len(r.heard) != 1 || r.heard[0] != want {
		t.Errorf("the server heard %q", r.heard)
	}
	if d.records() != 1 {
		t.Errorf("%d records are left", d.records())
	}
	d.want("", 0, "all profiles: revoked and forgotten", "logout", "--all")
	if len(r.heard) != 2 || d.records() != 0 {
		t.Errorf("heard %q, %d records left", r.heard, d.records())
	}
	d.want("", 0, "nothing was kept", "logout")
}

// What another key has sealed stays, and no logout says that it was not kept.
func TestLogoutOfWhatCannotBeOpened(t *testing.T) {
	d := newRevoking(t).with(t)
	d.keep("salus", "other")
	d.env["AUTHCTL_STORE_KEY_FILE"] = filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(d.env["AUTHCTL_STORE_KEY_FILE"], bytes.Repeat([]byte{7}, 32), 0o600); err != nil {
		t.Fatal(err)
	}
	d.want("", 0, "all profiles: nothing was forgotten; 2 kept tokens cannot be opened here, and stay", "logout", "--all")
	d.want("", 0, "salus: nothing was kept that can be opened here", "logout")
	if d.records() != 2 {
		t.Errorf("%d records are left", d.records())
	}
	d.quiet = true
	if _, errs, code := d.run("", "token", "-p", "salus"); code != 0 { // takes the place of one of them
		t.Fatal(errs)
	}
	d.quiet = false
	d.want("", 0, "all profiles: revoked and forgotten; one kept token cannot be opened here, and stays", "logout", "--all")
}

func TestLogoutForgetsWhatTheServerKeeps(t *testing.T) {
	r := newRevoking(t)
	r.refuse = true
	d := r.with(t)
	d.keep("salus")
	d.want("", 0, "warning: salus: the server did not revoke the token", "logout")
	d.keep("salus", "other")
	d.want("", 0, "all profiles: forgotten; 2 refresh tokens were not revoked and live on at their servers", "logout", "--all")
	if d.records() != 0 {
		t.Error("the record is still there")
	}
}

// Nothing is called over that is not: only who has a refresh token has something that lives on.
func TestLogoutWithoutARevocationEndpoint(t *testing.T) {
	for refresh, c := range map[string]struct{ says, not string }{
		`,"refresh_token":"CANARY-r"`: {"salus: forgotten; the refresh token was not revoked and lives on", "did not revoke"},
		"":                            {"salus: forgotten", "lives on"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprintf(w, `{"access_token":"CANARY-a","token_type":"Bearer","expires_in":3600%s}`, refresh)
		}))
		defer server.Close()
		d := newDesk(t)
		d.env["AUTHCTL_STORE"], d.env["XDG_STATE_HOME"], d.env["S"] = "file", t.TempDir(), "s3cret"
		text := "profiles: {salus: {token_url: " + server.URL + ", discovery: never, client: {id: me, secret: env:S}}}\n"
		if err := os.WriteFile(d.env["AUTHCTL_CONFIG"], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		d.keep("salus")
		out, errs, code := d.run("", "logout", "-p", "salus")
		if all := out + errs; code != 0 || !strings.Contains(all, c.says) || strings.Contains(all, c.not) ||
			strings.Contains(errs, "no revocation endpoint") != strings.Contains(all, "lives on") {
			t.Errorf("%s: exit %d: %s%s", refresh, code, out, errs)
		}
	}
}

func TestLogoutNoRevoke(t *testing.T) {
	r := newRevoking(t)
	d := r.with(t)
	d.keep("salus")
	d.want("", 0, "salus: forgotten; the refresh token was not revoked and lives on at the server", "logout", "--no-revoke")
	if len(r.heard) != 0 || d.records() != 0 {
		t.Errorf("heard %q, %d records left", r.heard, d.records())
	}
}

func TestLogoutOfAProfileThatIsGone(t *testing.T) {
	r := newRevoking(t)
	d := r.with(t)
	d.keep("salus")
	if err := os.WriteFile(d.env["AUTHCTL_CONFIG"], []byte("version: 1\nprofiles: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.want("", 0, "warning: salus: the server did not revoke the token", "logout", "-p", "salus")
	if d.records() != 0 {
		t.Error("the record is still there")
	}
}

// One record that cannot be removed does not save the others.
func TestLogoutGoesOnAfterAFailure(t *testing.T) {
	r := newRevoking(t)
	d := r.with(t)
	d.keep("salus", "other")
	found, _ := filepath.Glob(filepath.Join(d.env["XDG_STATE_HOME"], "authctl", "records", "file", "*.rec"))
	if err := os.MkdirAll(filepath.Join(strings.TrimSuffix(found[0], ".rec")+".bad", "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, errs, code := d.run("", "logout", "--all")
	if code != 6 || !strings.Contains(errs, "could not remove") || strings.Contains(errs, "AUTHCTL_STORE=none") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if len(r.heard) != 2 || d.records() != 0 {
		t.Errorf("heard %q, %d records left", r.heard, d.records())
	}
}

// A profile that was edited, or another file's of the same name, names another
// server: the token of the one that granted it is not sent there.
func TestLogoutTellsNoOtherServer(t *testing.T) {
	r, other := newRevoking(t), newRevoking(t)
	d := r.with(t)
	for _, start := range [][]string{{"token"}, {"refresh", "--refresh-token", fileOf(t, "CANARY-r0")}} {
		moved := d.env["AUTHCTL_CONFIG"]
		d.quiet = true
		if _, errs, code := d.run("", start...); code != 0 {
			t.Fatalf("exit %d: %s", code, errs)
		}
		d.quiet = false
		before, err := os.ReadFile(moved)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(moved, []byte(strings.ReplaceAll(string(before), r.URL, other.URL)), 0o600); err != nil {
			t.Fatal(err)
		}
		d.want("", 0, "it was granted by "+r.URL+", and the profile now names "+other.URL, "logout")
		if len(other.heard) != 0 || len(r.heard) != 0 || d.records() != 0 {
			t.Errorf("%q: the other server heard %q, %d records left", start, other.heard, d.records())
		}
		if err := os.WriteFile(moved, before, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func fileOf(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "given")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
