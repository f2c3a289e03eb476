package secretstore

import (
	"context"
	"net/url"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/token"
)

// fromGitHub asks for the JWT by which GitHub tells a server which job this is
// ("OpenID Connect reference", docs.github.com): new at every call, for one audience.
func (r *Resolver) fromGitHub(ctx context.Context, audience string) (secret.Text, error) {
	at, bearer, err := r.job()
	if err != nil {
		return secret.Text{}, err
	}
	query := at.Query()
	query.Set("audience", audience)
	at.RawQuery = query.Encode()
	body, err := r.from.Job(ctx, at.String(), bearer)
	if err != nil {
		return secret.Text{}, err
	}
	text, err := lookUp(body, "/value")
	if err != nil || strings.Count(text, ".") != 2 || !token.IsB64Token(text) {
		return secret.Text{}, fault.New(fault.Network, "%s of GitHub answered without a token in value", at.Host)
	}
	return secret.New(text), nil
}

// job is where GitHub answers this job, and what opens that.
func (r *Resolver) job() (*url.URL, secret.Text, error) {
	raw, _ := r.from.Env(secret.GitHubURL)
	bearer, _ := r.from.Env(secret.GitHubToken)
	if raw == "" || bearer == "" || r.from.Job == nil {
		f := fault.New(fault.Config, "GitHub Actions gave no way to ask for an id token: %s or %s is not set", secret.GitHubURL, secret.GitHubToken)
		if in, _ := r.from.Env("GITHUB_ACTIONS"); in != "true" {
			return nil, secret.Text{}, f.Hint("this is no job of GitHub Actions: elsewhere the token comes from file:PATH, env:NAME or {command: [argv...]}")
		}
		return nil, secret.Text{}, f.Hint("the job needs permissions: {id-token: write} in the workflow; one for a pull request from a fork cannot have it")
	}
	at, err := url.Parse(raw)
	if err != nil || at.Host == "" || at.User != nil || at.Scheme != "https" && !(at.Scheme == "http" && profile.Loopback(at.Hostname())) {
		return nil, secret.Text{}, fault.New(fault.Config, "%s is no https URL: nothing was sent", secret.GitHubURL)
	}
	return at, secret.New(bearer), nil
}
