package cmd_test

import (
	"strings"
	"testing"
)

// One login, many APIs, as a user sees it: each has its token, status says what
// it is for, and logout takes all of them.
func TestOneLoginManyAPIs(t *testing.T) {
	d := newDesk(t, demo)
	own := d.must(d.run(t.Context(), "login-pkce", "--timeout", "10s"), 0).stdout
	one := d.must(d.run(t.Context(), "token", "--scope", "api://orders/.default"), 0).stdout
	two := d.must(d.run(t.Context(), "token", "--resource", "https://files.example", "--audience", "files"), 0).stdout
	if one == own || two == own || one == two {
		t.Errorf("%q, %q and %q", own, one, two)
	}
	seen := d.server.Seen("/token")
	if len(seen) != 3 {
		t.Fatalf("asked %v", seen)
	}
	for i, want := range []map[string]string{
		1: {"scope": "api://orders/.default", "grant_type": "refresh_token"},
		2: {"resource": "https://files.example", "audience": "files", "scope": ""},
	} {
		for name, value := range want {
			if got := seen[i].Params[name]; got != value {
				t.Errorf("request %d: %s %q, want %q", i, name, got, value)
			}
		}
	}
	for kind, args := range map[string][]string{
		own: {"token"}, one: {"token", "--scope", "api://orders/.default"}, two: {"token", "--resource", "https://files.example", "--audience", "files"},
	} {
		if again := d.must(d.run(t.Context(), args...), 0); again.stdout != kind {
			t.Errorf("%v gives %q, before %q", args, again.stdout, kind)
		}
	}
	if len(d.server.Seen("/token")) != 3 {
		t.Error("what is kept was asked for again")
	}
	listed := d.must(d.run(t.Context(), "status"), 0).stdout
	if strings.Count(listed, "demo ") != 3 || !strings.Contains(listed, "by the session  file, for scope api://orders/.default") ||
		!strings.Contains(listed, "file, for audience files, resource https://files.example") {
		t.Errorf("status:\n%s", listed)
	}
	if asJSON := d.must(d.run(t.Context(), "status", "-o", "json"), 0).stdout; strings.Count(asJSON, `"for":"`) != 2 || strings.Count(asJSON, `"refreshable":true`) != 1 {
		t.Errorf("status -o json: %s", asJSON)
	}
	// A new login has nothing to do with what stood beside the old one.
	d.must(d.run(t.Context(), "login-pkce", "--timeout", "10s"), 0)
	if listed := d.must(d.run(t.Context(), "status"), 0).stdout; strings.Count(listed, "demo ") != 1 {
		t.Errorf("after a new login:\n%s", listed)
	}
	if again := d.must(d.run(t.Context(), "token", "--scope", "api://orders/.default"), 0); again.stdout == one {
		t.Error("the old login's token is handed out")
	}
	d.must(d.run(t.Context(), "logout"), 0)
	if d.records() != 0 {
		t.Errorf("%d records are left", d.records())
	}
	if o := d.must(d.run(t.Context(), "token", "--scope", "x"), 8); !strings.Contains(o.stderr, "no session is kept") || !strings.Contains(o.stderr, "authctl login-pkce -p demo") {
		t.Errorf("after logout: %s", o.stderr)
	}
}
