package config_test

import (
	"os"
	"strings"
	"testing"

	"authctl/internal/config"
	"authctl/internal/profile"
	"authctl/internal/strict"
)

// What each preset leaves to the profile; docs/profiles.md says the same.
func presetRemainders() map[string]string {
	return map[string]string{
		"santedb":                "token_url: https://s.example/auth/oauth2_token\nclient: {id: app}\n",
		"ardengem-nhs":           "token_url: https://e.example/t/oauth2/v2.0/token/\nclient: {id: app}\nscopes: [api://x/.default]\n",
		"entra":                  "issuer: https://login.microsoftonline.com/t/v2.0\nclient: {id: app}\nscopes: [api://x/.default]\n",
		"helseid":                "client: {id: app}\n",
		"helseid-legacy":         "client: {id: app}\n",
		"auth0":                  "issuer: https://t.auth0.com/\nclient: {id: app}\naudience: [https://api.example]\n",
		"google-service-account": "grant_assertion: {issuer: x}\nscopes: [a]\n",
		"nhs-england":            "client: {id: app}\nassertion: {kid: k1}\n",
		"okta":                   "issuer: https://o.example/oauth2/default\nclient: {id: app}\nscopes: [a]\n",
		"salesforce":             "grant_assertion: {issuer: x, subject: anna@example.org}\n",
		"keycloak":               "issuer: https://k.example/realms/r\nclient: {id: app}\n",
		"maskinporten":           "grant_assertion: {issuer: x}\nscopes: [a]\n",
		"oidc":                   "issuer: https://i.example\nclient: {id: app}\n",
		"kl-gateway":             "client: {id: eoj}\n",
		"smart-backend":          "discovery_url: https://s.example/r4/.well-known/smart-configuration\nclient: {id: app}\n",
		"salus-guardian":         "token_url: https://g.example/token\nclient: {id: app}\n",
	}
}

func TestPresetsNeedOnlyWhatTheyLeaveOpen(t *testing.T) {
	rest := presetRemainders()
	names := profile.PresetNames()
	if len(names) < len(rest) {
		t.Fatalf("presets %v, the test knows %d", names, len(rest))
	}
	for _, name := range names {
		if rest[name] == "" {
			t.Errorf("presetRemainders does not say what %s leaves to the profile", name)
			continue
		}
		data, _ := profile.Preset(name)
		if !strings.HasPrefix(string(data), "# ") || !strings.Contains(string(data), "\n# Source: \"") {
			t.Errorf("%s does not begin with a comment that cites the provider's page", name)
		}
		p, err := config.ParseProfile("p", "p.yaml", []byte("preset: "+name+"\n"+rest[name]))
		if err != nil {
			t.Errorf("%s: %v %v", name, err, strict.AllProblems(err))
			continue
		}
		if p.Preset != name || len(p.Hints) == 0 {
			t.Errorf("%s: preset %q, %d hints", name, p.Preset, len(p.Hints))
		}
	}
}

func TestExampleFileLoads(t *testing.T) {
	const file = "../../profiles.example.yaml"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	set, err := config.Parse(file, data)
	if err != nil {
		t.Fatal(strict.AllProblems(err))
	}
	used := map[string]bool{}
	for _, p := range set.Profiles {
		used[p.Preset] = true
	}
	for _, name := range profile.PresetNames() {
		if !used[name] {
			t.Errorf("no profile of the example uses the preset %s", name)
		}
	}
	if set.Default != "salus" || set.Store != "keyring" {
		t.Errorf("head: default %q, store %q", set.Default, set.Store)
	}
}
