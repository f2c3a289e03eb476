package cmd_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

const githubJob = `version: 1
default_profile: federated
profiles:
  federated:
    token_url: ISSUER/token
    client: {id: app, auth: federated, assertion: {github_actions: "api://aud"}}
  bearer:
    token_url: ISSUER/token
    client: {id: app, auth: none}
    grant: jwt_bearer
    exchange: {subject_token: {github_actions: "api://aud"}}
  exchange:
    token_url: ISSUER/token
    client: {id: app, auth: none}
    grant: token_exchange
    exchange: {subject_token: {github_actions: "api://aud"}, subject_token_type: jwt}
`

// github is the endpoint of a job: a new JWT at every call, of subject sub.
func github(t *testing.T, d *desk, sub string) *atomic.Int32 {
	t.Helper()
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.Header.Get("Authorization") != "Bearer job-t0ken" || r.URL.RawQuery != "api-version=2.0&audience=api%3A%2F%2Faud" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		claims := fmt.Sprintf(`{"sub":%q,"aud":"api://aud","jti":"%d","iat":%d,"exp":4000000000}`, sub, asked.Add(1), asked.Load())
		fmt.Fprintf(w, `{"value":"eyJhbGciOiJSUzI1NiJ9.%s.c2ln"}`, base64.RawURLEncoding.EncodeToString([]byte(claims)))
	}))
	t.Cleanup(s.Close)
	d.env["GITHUB_ACTIONS"], d.env["ACTIONS_ID_TOKEN_REQUEST_URL"], d.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "true", s.URL+"/idtoken?api-version=2.0", "job-t0ken"
	return &asked
}

// A job proves itself, or what it asks for, with GitHub's JWT, and nothing of it shows.
func TestGitHubActions(t *testing.T) {
	for profile, param := range map[string]string{"federated": "client_assertion", "bearer": "assertion", "exchange": "subject_token"} {
		t.Run(profile, func(t *testing.T) {
			d := newDesk(t, githubJob)
			granting(d)
			github(t, d, "repo:a/b:ref:refs/heads/main")
			o := d.must(d.run(t.Context(), "token", "-p", profile, "-v"), 0)
			sent := d.server.Seen("/token")[0].Params[param]
			if strings.Count(sent, ".") != 2 {
				t.Errorf("sent %q", sent)
			}
			for _, hidden := range []string{"job-t0ken", sent, strings.TrimSpace(o.stdout)} {
				if strings.Contains(o.stderr, hidden) {
					t.Errorf("the trace has %s:\n%s", hidden, o.stderr)
				}
			}
			// The kept token serves the same job, whose JWT is another by now.
			if again := d.must(d.run(t.Context(), "token", "-p", profile), 0); again.stdout != o.stdout || len(d.server.Seen("/token")) != 1 {
				t.Errorf("asked %d times", len(d.server.Seen("/token")))
			}
			d.run(t.Context(), "exec", "-p", profile, "--", "true")
			if strings.Contains(fmt.Sprint(d.became), "job-t0ken") {
				t.Error("the program has the job's own token")
			}
		})
	}
}

// Another job's JWT is another subject: it gets no token that was granted to the first.
func TestGitHubActionsTellsJobsApart(t *testing.T) {
	for _, profile := range []string{"bearer", "exchange"} {
		d := newDesk(t, githubJob)
		granting(d)
		github(t, d, "repo:a/b:environment:test")
		first := d.must(d.run(t.Context(), "token", "-p", profile), 0).stdout
		github(t, d, "repo:a/b:environment:production")
		if d.must(d.run(t.Context(), "token", "-p", profile), 0).stdout == first {
			t.Errorf("%s: two jobs share a token", profile)
		}
	}
}

func TestGitHubActionsRefused(t *testing.T) {
	d := newDesk(t, githubJob)
	asked := github(t, d, "x")
	d.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "0ther"
	o := d.must(d.run(t.Context(), "token"), 5)
	if !strings.Contains(o.stderr, "GitHub gave this job no id token") || strings.Contains(o.stderr, "0ther") || len(d.server.Seen("/token")) != 0 {
		t.Errorf("stderr: %s", o.stderr)
	}
	if o := d.run(t.Context(), "doctor", "--offline"); !strings.Contains(o.stdout, "--offline: it was not asked for") || asked.Load() != 0 {
		t.Errorf("doctor: %s", o.stdout)
	}
	delete(d.env, "ACTIONS_ID_TOKEN_REQUEST_URL")
	if o := d.must(d.run(t.Context(), "token"), 3); !strings.Contains(o.stderr, "permissions: {id-token: write}") {
		t.Errorf("stderr: %s", o.stderr)
	}
}

// granting has the server grant a new token to everybody.
func granting(d *desk) {
	var n atomic.Int32
	d.server.Token = func(w http.ResponseWriter, _ map[string]string) bool {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token":"access-%d","token_type":"Bearer","expires_in":300}`, n.Add(1))
		return true
	}
}
