package cmd_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"authctl/internal/shown"
)

const several = demo + `  a-profile-with-quite-a-long-name-of-its-own:
    issuer: ISSUER
    client: {id: app, secret: keyring:client_secret_of_the_staging_tenant}
    token_url: ISSUER/token
    scopes: ["api://orders.example/.default", "api://invoices.example/.default"]
`

// TestOutputFitsTheTerminal: what a person reads is broken between words only, at
// every width that a terminal has, and whole in a pipe.
func TestOutputFitsTheTerminal(t *testing.T) {
	long := "a-profile-with-quite-a-long-name-of-its-own"
	for _, args := range [][]string{
		{"status"},
		{"status", "-p", "demo"},
		{"profile", "list"},
		{"profile", "check"},
		{"secret", "list", "-p", long},
		{"doctor", "--all", "--offline"},
		{"doctor", "-p", long, "--offline"},
		{"decode", "testdata/vectors/helseid-access.jwt"},
		{"token", "-p", long},
		{"token", "-p", "demo", "--scope", "a,b c,d e,f g,h i,j k,l m,n o,p q,r s,t u,v w,x y,z 1,2 3,4 5,6"},
		{"tokne"},
	} {
		d := newDesk(t, several)
		d.must(d.run(t.Context(), "login-pkce", "--timeout", "10s"), 0)
		d.must(d.run(t.Context(), "token", "--scope", "openid https://orders.example/a https://invoices.example/b https://people.example/c"), 0)
		now := time.Now()
		d.still = &now
		d.env["NO_COLOR"] = "1"
		piped := d.run(t.Context(), args...)
		for _, d.columns = range []int{80, 100, 120, 200} {
			got := d.run(t.Context(), args...)
			if got.code != piped.code || !slices.Equal(strings.Fields(got.stdout), strings.Fields(piped.stdout)) || !slices.Equal(strings.Fields(got.stderr), strings.Fields(piped.stderr)) {
				t.Errorf("%v at %d: other words than in a pipe:\n%s%s\n%s%s", args, d.columns, got.stdout, got.stderr, piped.stdout, piped.stderr)
			}
			for _, line := range strings.Split(got.stdout+got.stderr, "\n") {
				if shown.Width(line) > d.columns && len(strings.Fields(line)) > 1 {
					t.Errorf("%v at %d: %q", args, d.columns, line)
				}
			}
			if strings.Contains(got.stdout+got.stderr, "\x1b") {
				t.Errorf("%v at %d in colour, although NO_COLOR is set: %q", args, d.columns, got.stdout+got.stderr)
			}
		}
	}
}

// TestColoursAreByStream: stdout and stderr are each judged by itself.
func TestColoursAreByStream(t *testing.T) {
	for name, tt := range map[string]struct {
		terminals []int
		env       string
		out, err  bool
	}{
		"both": {[]int{1, 2}, "", true, true}, "stdout": {[]int{1}, "", true, false}, "stderr": {[]int{2}, "", false, true}, "none": {nil, "", false, false},
		"forced": {nil, "CLICOLOR_FORCE", true, true}, "none wanted": {[]int{1, 2}, "NO_COLOR", false, false},
		"an old console": {[]int{1, 2}, "no escapes", false, false},
	} {
		d := newDesk(t, several)
		d.columns, d.terminals = 80, tt.terminals
		if tt.terminals == nil {
			d.terminals = []int{9}
		}
		if tt.env != "" {
			d.env[tt.env] = "1"
		}
		d.escapeless = tt.env == "no escapes"
		got := d.run(t.Context(), "doctor", "--offline", "-p", "a-profile-with-quite-a-long-name-of-its-own")
		if got.code == 0 || strings.Contains(got.stdout, "\x1b[31mFAIL\x1b[0m") != tt.out || strings.Contains(got.stderr, "\x1b[31mauthctl:\x1b[0m") != tt.err {
			t.Errorf("%s: %d\n%s%s", name, got.code, got.stdout, got.stderr)
		}
	}
}
