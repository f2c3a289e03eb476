package cmd_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

const execProfiles = `version: 1
default_profile: demo
profiles:
  demo:
    token_url: ISSUER/token
    discovery: never
    client: {id: app, auth: client_secret_post, secret: "env:MY_SECRET"}
    api: {headers: [{name: X-Key, secret: {command: [echo, told], env: [TOLD_SECRET]}}]}
`

// docs/threats.md 53, where COMMAND starts: its arguments are the user's, and its
// environment has the variables of -o env and none of what the token is made of.
func TestTheTokenIsInTheEnvironmentAlone(t *testing.T) {
	d := newDesk(t, execProfiles)
	d.env = map[string]string{
		"AUTHCTL_CONFIG": d.env["AUTHCTL_CONFIG"], "HOME": d.home, "AUTHCTL_STORE": "none",
		"MY_SECRET": "s3cret", "TOLD_SECRET": "s3cret", "AUTHCTL_SECRET_OTHER_X": "s3cret",
		"AUTHCTL_ACCESS_TOKEN": "old", "AUTHCTL_HEADER_X_KEY": "old", "MINE": "yes",
	}
	d.server.Token = func(w http.ResponseWriter, _ map[string]string) bool {
		say(w, 200, `{"access_token":"token-1","token_type":"Bearer"}`)
		return true
	}
	o := d.run(t.Context(), "exec", "--", "sh", "-c", "true", "-o", "json")
	if o.code != 126 || o.stdout != "" || !strings.Contains(o.stderr, "demo: cannot run sh: permission denied") {
		t.Fatalf("%+v", o)
	}
	program, argv, environ := d.became[0][0], d.became[0][1:], d.became[1]
	if !strings.HasSuffix(program, "/sh") || !slices.Equal(argv, []string{"sh", "-c", "true", "-o", "json"}) {
		t.Errorf("%s %q", program, argv)
	}
	all := "\n" + strings.Join(environ, "\n") + "\n"
	if strings.Contains(all, "s3cret") || strings.Contains(all, "=old") {
		t.Errorf("%s", all)
	}
	for _, want := range []string{"AUTHCTL_ACCESS_TOKEN=token-1", "AUTHCTL_AUTHORIZATION=Bearer token-1", "AUTHCTL_HEADER_X_KEY=told", "MINE=yes", "AUTHCTL_STORE=none"} {
		if !strings.Contains(all, "\n"+want+"\n") {
			t.Errorf("%s is missing in %s", want, all)
		}
	}
}
