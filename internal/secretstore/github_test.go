package secretstore

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

var githubRef = secret.Ref{Kind: secret.GitHubActions, Name: "api://a b&c"}

// github is a job of GitHub Actions whose request is answered so.
func github(at, answer string, asked *string, more ...string) *Resolver {
	env := environ(append([]string{secret.GitHubURL, at, secret.GitHubToken, canary}, more...)...)
	return NewResolver(Sources{Env: env, Job: func(_ context.Context, url string, bearer secret.Text) ([]byte, error) {
		if *asked = url; bearer.Reveal() != canary {
			return nil, errors.New("another bearer token")
		}
		return []byte(answer), nil
	}})
}

// The audience joins the query that GitHub gave, and each call asks anew.
func TestGitHubActions(t *testing.T) {
	var asked string
	r := github("https://run.example/idtoken?api-version=2.0&audience=old", `{"count":9,"value":"a.b.c"}`, &asked)
	for range 2 {
		asked = ""
		got, err := r.Resolve(t.Context(), "p", githubRef)
		if err != nil || got.Reveal() != "a.b.c" {
			t.Fatalf("%q, %v", got.Reveal(), err)
		}
		u, err := url.Parse(asked)
		if q := u.Query(); err != nil || u.Host != "run.example" || q.Get("api-version") != "2.0" || len(q["audience"]) != 1 || q.Get("audience") != githubRef.Name {
			t.Errorf("asked %s", asked)
		}
	}
}

// docs/threats.md 40: the job's own token goes over TLS, or nowhere.
func TestGitHubActionsIsAskedOverTLS(t *testing.T) {
	for at, sent := range map[string]bool{
		"https://run.example/":     true,
		"http://127.0.0.1:1/":      true,
		"http://run.example/":      false,
		"ftp://127.0.0.1/":         false,
		"https://u:p@run.example/": false,
		"//run.example/":           false,
		"https:///idtoken":         false,
		"https://run.example/%zz":  false,
	} {
		var asked string
		_, err := github(at, `{"value":"a.b.c"}`, &asked).Resolve(t.Context(), "p", githubRef)
		if (asked != "") != sent || (err == nil) != sent || !sent && (fault.KindOf(err) != fault.Config || strings.Contains(err.Error(), canary)) {
			t.Errorf("%s: asked %q, %v", at, asked, err)
		}
	}
}

func TestGitHubActionsAnswersNoToken(t *testing.T) {
	for _, answer := range []string{``, `[]`, `{}`, `{"value":""}`, `{"value":"` + canary + `"}`, `{"value":{"a.b.c":"` + canary + `"}}`, `{"value":"a.b.\n"}`, `{"value":null}`} {
		var asked string
		_, err := github("https://run.example/", answer, &asked).Resolve(t.Context(), "p", githubRef)
		if fault.KindOf(err) != fault.Network || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", answer, err)
		}
	}
}

// A hint says what is so: which permission is missing, or that this is no job.
func TestGitHubActionsWithoutItsVariables(t *testing.T) {
	for name, c := range map[string]struct {
		env  []string
		want string
	}{
		"elsewhere":       {nil, "no job of GitHub Actions"},
		"no permission":   {[]string{"GITHUB_ACTIONS", "true"}, "permissions: {id-token: write}"},
		"no token":        {[]string{"GITHUB_ACTIONS", "true", secret.GitHubURL, "https://run.example/"}, "permissions: {id-token: write}"},
		"an empty token":  {[]string{"GITHUB_ACTIONS", "true", secret.GitHubURL, "https://run.example/", secret.GitHubToken, ""}, "permissions: {id-token: write}"},
		"another machine": {[]string{"GITHUB_ACTIONS", "false"}, "no job of GitHub Actions"},
	} {
		_, err := NewResolver(Sources{Env: environ(c.env...)}).Resolve(t.Context(), "p", githubRef)
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Config || len(f.Hints) != 1 || !strings.Contains(f.Hints[0], c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
