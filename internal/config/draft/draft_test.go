package draft

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"authctl/internal/profile"
	"authctl/internal/strict"
)

// TestEveryPresetAsksForWhatItLeavesOpen: with plain answers every preset
// becomes a valid profile, and no question is in vain.
func TestEveryPresetAsksForWhatItLeavesOpen(t *testing.T) {
	answers := map[string]string{
		"token_url": "https://s.example/token", "issuer": "https://s.example", "client.id": "app", "client.key": "file:" + filepath.VolumeName(t.TempDir()) + "/k.pem",
		"scopes[0]": "a b", "authorize_url": "https://s.example/authorize", "api.hosts[0]": "a.example b.example:1", "request.headers[0].basic.username": "DEV",
		"grant_assertion.issuer": "app", "grant_assertion.key": "file:" + filepath.VolumeName(t.TempDir()) + "/k.pem", "grant_assertion.kid": "k1",
		"grant_assertion.subject": "anna@example.org", "grant_assertion.audience": "https://login.example", "assertion.kid": "k1", "audience[0]": "https://api.example",
		"sts.claims[0].value": "01234567", "client.certificate": "file:" + filepath.VolumeName(t.TempDir()) + "/c.pem", "sts.url": "https://sts.example",
		"discovery_url": "https://s.example/r4/", "assertion.alg": "ES384",
	}
	for _, preset := range profile.PresetNames() {
		d, err := New("p", preset)
		if err != nil {
			t.Fatal(preset, err)
		}
		if len(d.Questions()) == 0 {
			t.Errorf("%s asks nothing", preset)
		}
		var all func(asked []Question)
		all = func(asked []Question) {
			for _, q := range asked {
				if answers[q.path] == "" {
					t.Fatalf("%s asks %q for the path %q", preset, q.Say, q.path)
				}
				if err := d.Answer(q, answers[q.path]); err != nil {
					t.Errorf("%s: %v", preset, err)
				}
				all(q.Then)
			}
		}
		all(d.Questions())
		p, text, err := d.Finish()
		if err != nil {
			t.Errorf("%s: %v\n%s", preset, strict.AllProblems(err), text)
			continue
		}
		if p.AsksSTS() && p.STS.Claims[0].Value != "01234567" {
			t.Errorf("%s: a leading zero is lost: %s", preset, text)
		}
		client := p.Client.ID
		if p.GrantAssertion != nil {
			client = p.GrantAssertion.Issuer
		}
		if client != "app" || len(p.Scopes) == 0 && p.Grant == "client_credentials" && preset != "nhs-england" {
			t.Errorf("%s: %s", preset, text)
		}
	}
}

// An answer may stand before a path, with and without a slash at its end.
func TestAnAnswerBeforeAPath(t *testing.T) {
	for _, base := range []string{"https://s.example/r4", "https://s.example/r4/"} {
		d, err := New("p", "smart-backend")
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Answer(d.Questions()[0], base); err != nil {
			t.Fatal(err)
		}
		_, text, _ := d.Finish()
		for _, want := range []string{"discovery_url: https://s.example/r4/.well-known/smart-configuration\n", "base_url: '" + base + "'}\n"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s: %s", base, text)
			}
		}
	}
}

func TestAWrongAnswerLeavesTheDraftAsItWas(t *testing.T) {
	d, err := New("p", "kl-gateway")
	if err != nil {
		t.Fatal(err)
	}
	q := d.Questions()[0]
	if q.Default == "" || q.Required() {
		t.Errorf("the preset's issuer is no default: %+v", q)
	}
	if err := d.Answer(q, "http://evil.example"); err == nil {
		t.Error("http was let pass")
	}
	_, text, _ := d.Finish()
	if string(text) != "preset: kl-gateway\n" {
		t.Errorf("%s", text)
	}
}

// A pattern is of the whole answer.
func TestAnAnswerOfAnotherForm(t *testing.T) {
	d, err := New("p", "kl-gateway")
	if err != nil {
		t.Fatal(err)
	}
	asked := d.Questions()
	q := asked[slices.IndexFunc(asked, func(q Question) bool { return q.pattern != "" })]
	for _, text := range []string{"1234567", "123456789", "12 34 56 78", "DK12345678", "1234567x\n"} {
		if err := d.Answer(q, text); err == nil || !strings.Contains(err.Error(), "is not of the form [0-9]{8}") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
