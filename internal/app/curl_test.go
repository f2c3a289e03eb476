package app

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"authctl/internal/fault"
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

// curl is given no key that no file has, and nobody is told to make a file of one.
func TestCurlGetsNoKeyThatOnlySigns(t *testing.T) {
	for kind, hint := range map[secret.Kind]string{secret.SignerProgram: "the key stays where it is", secret.SSHAgent: "the key stays where it is", secret.Env: "file:PATH"} {
		p := &profile.Profile{}
		p.TLS.ClientKey = secret.Ref{Kind: kind, Name: "x"}
		_, err := (&App{}).curlJob(p, CurlOptions{})
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Config || !strings.Contains(f.Error(), "tls.client_key") || !strings.Contains(strings.Join(f.Hints, "\n"), hint) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}
