package app

import (
	"slices"
	"testing"

	"authctl/internal/profile"
	"authctl/internal/secret"
)

// Every variable that the profile takes a secret from is named to
// internal/curl, which keeps it from curl; refs_test.go of profile holds that
// Refs misses none.
func TestCurlGetsNoSecretOfTheProfile(t *testing.T) {
	env := func(name string) secret.Ref { return secret.Ref{Kind: secret.Env, Name: name} }
	key, claim := env("THE_API_KEY"), env("THE_CLAIM")
	p := &profile.Profile{}
	p.Client.Secret, p.Client.KeyPassphrase = env("THE_SECRET"), env("THE_PASSPHRASE")
	p.Exchange.SubjectToken = env("THE_SUBJECT")
	p.API.Headers = []profile.Field{{Name: "X-Key", Secret: &key}}
	p.Assertion.Claims = []profile.Field{{Name: "a", Secret: &claim}}
	job, err := (&App{}).curlJob(p, CurlOptions{})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(job.SecretNames)
	if want := []string{"THE_API_KEY", "THE_CLAIM", "THE_PASSPHRASE", "THE_SECRET", "THE_SUBJECT"}; !slices.Equal(job.SecretNames, want) {
		t.Errorf("%v", job.SecretNames)
	}
}
