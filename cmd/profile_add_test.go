package cmd

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"authctl/internal/secret"
	"authctl/internal/secretstore"
)

// deviceAnswers are the answers to the questions of a preset with a device.
const deviceAnswers = "https://s.example/auth/oauth2_token\nApp.X\nDEV\napi.example b.example:8080\n"

func (d *desk) added(name string) string {
	d.t.Helper()
	path := filepath.Join(filepath.Dir(d.env["AUTHCTL_CONFIG"]), "profiles.d", name+".yaml")
	info, err := os.Stat(path)
	if err != nil {
		d.t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		d.t.Errorf("%s has mode %o", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		d.t.Fatal(err)
	}
	return string(text)
}

func (d *desk) nothingAdded() {
	d.t.Helper()
	if entries, err := os.ReadDir(filepath.Join(filepath.Dir(d.env["AUTHCTL_CONFIG"]), "profiles.d")); err == nil && len(entries) > 0 {
		d.t.Errorf("%s was left behind", entries[0].Name())
	}
}

func TestAddAsksAndKeeps(t *testing.T) {
	d := newDesk(t)
	d.want(deviceAnswers+"CANARY1 \nCANARY2", 0, "Prod.EU\n", "profile", "add", "Prod.EU", "--preset", "santedb")
	const want = `preset: santedb
token_url: https://s.example/auth/oauth2_token
client: {id: App.X}
request: {headers: [{name: X-Device-Authorization, basic: {username: DEV, password: "keyring:device_secret", scheme: BASIC}}]}
api: {hosts: [api.example, 'b.example:8080']}
`
	if got := d.added("Prod.EU"); got != want {
		t.Errorf("written:\n%s", got)
	}
	for name, value := range map[string]string{"client_secret": "CANARY1 ", "device_secret": "CANARY2"} {
		if got, err := d.ring.Get("authctl/Prod.EU", name); err != nil || got != value {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	d.want("", 0, "Prod.EU: ok", "profile", "check", "Prod.EU")
	// Never replaced, and nothing is asked for in vain.
	d.want("", 3, `there is a profile "Prod.EU" already`, "profile", "add", "Prod.EU", "--preset", "santedb")
	d.want("", 3, `there is a profile "salus" already`, "profile", "add", "salus", "--preset", "santedb")
	if d.added("Prod.EU") != want {
		t.Error("the profile was replaced")
	}
}

func TestAddAsksAPerson(t *testing.T) {
	d := newDesk(t)
	d.terminal = true
	asked := 0
	d.prompt = func() (secret.Text, error) { asked++; return secret.New("CANARY"), nil }
	// A wrong preset ends it; a wrong answer is asked for again.
	d.want("salus-gardian\n", 2, `did you mean "salus-guardian"?`, "profile", "add", "w")
	d.want("salus-guardian\nhttp://x.example/\nhttps://g.example/token\n\nclient_333\n*\n\n", 0, "an answer is needed: client_id", "profile", "add", "w")
	if got := d.added("w"); got != "preset: salus-guardian\ntoken_url: https://g.example/token\nclient: {id: client_333}\n" {
		t.Errorf("written:\n%s", got)
	}
	if got, _ := d.ring.Get("authctl/w", "client_secret"); got != "CANARY" || asked != 1 {
		t.Errorf("asked %d times, the keyring has %q", asked, got)
	}
}

func TestAddKeepsThePresetsValues(t *testing.T) {
	d := newDesk(t)
	d.want("\neoj\n\n", 0, "authctl secret set client_key -p klg < FILE", "profile", "add", "klg", "--preset", "kl-gateway")
	if got := d.added("klg"); got != "preset: kl-gateway\nclient: {id: eoj}\n" {
		t.Errorf("written:\n%s", got)
	}
	d.put("klg.pem", privatePEM(t))
	d.want("\neoj\nfile:~/klg.pem\n", 0, "klg2\n", "profile", "add", "klg2", "--preset", "kl-gateway")
	if got := d.added("klg2"); !strings.Contains(got, "key: file:~/klg.pem") {
		t.Errorf("written:\n%s", got)
	}
}

// One answer opens further questions, which nobody else is asked; an empty line
// takes what is offered.
func TestAddAsksTheSecurityTokenService(t *testing.T) {
	d := newDesk(t)
	key, crt := d.put("klg.pem", privatePEM(t)), d.put("klg.crt", certificatePEM)
	if err := os.Chmod(crt, 0o644); err != nil {
		t.Fatal(err)
	}
	const test = `sts:
  claims: [{name: "dk:gov:saml:attribute:CvrNumberIdentifier", value: "01234567"}]
  url: https://n2adgangsstyring.eksterntest-stoettesystemerne.dk/runtime/services/kombittrust/14/certificatemixed
`
	for i, c := range []struct {
		answers string
		code    int
		text    string // what is said, or what is written
	}{
		{"\neoj\n" + key + "\n", 0, "key: file:" + key + "\n"},
		{"\neoj\n" + key + "\n\n\nleft\nover\n", 0, "key: file:" + key + "\n"},
		{"\neoj\n" + key + "\n01234567\n", 0, "key: file:" + key + "\n" + test},
		{"\neoj\n" + key + "\n01234567\n\n\n", 0, "key: file:" + key + "\n" + test},
		{"\neoj\n" + key + "\n01234567\n" + crt + "\n", 0, "certificate: file:" + crt + "\n" + test},
		{"https://saml.example\neoj\n" + key + "\n01234567\nfile:" + crt + "\nhttps://sts.example/x\n", 0, "url: https://sts.example/x\n"},
		{"\neoj\n" + key + "\n1234567\n", 2, `"1234567" is not of the form [0-9]{8}`},
		{"\neoj\n" + key + "\n01234567\n" + key + "\n", 2, "no certificate in it"},
		{"\neoj\n" + key + "\n01234567\n/nowhere\n", 2, "open /nowhere: no such file"},
		{"\neoj\n" + key + "\n01234567\n\nhttp://sts.example\n", 2, "sts.url: http would send"},
		{"\neoj\n" + key + "\n01234567\n\nhttps://n2adgangsstyring.stoettesystemerne.dk/x\n", 2, "sts.url: is of the production environment, and issuer of the test one"},
	} {
		name := "s" + strconv.Itoa(i)
		said := c.text
		if c.code == 0 {
			said = name + "\n"
		}
		d.want(c.answers, c.code, said, "profile", "add", name, "--preset", "kl-gateway")
		if c.code == 0 && !strings.HasSuffix(d.added(name), c.text) {
			t.Errorf("%q: written:\n%s", c.answers, d.added(name))
		}
		if c.code == 0 {
			d.want("", 0, name+": ok", "profile", "check", name)
		}
	}
	d.terminal = true
	d.want("\neoj\n"+key+"\n29 18 98 46\n29189846\n"+key+"\n"+crt+"\n\n", 0, "production https://n2adgangsstyring.stoettesystemerne.dk/", "profile", "add", "asked", "--preset", "kl-gateway")
	if got := d.added("asked"); !strings.Contains(got, `value: "29189846"`) || !strings.Contains(got, "certificate: file:"+crt) {
		t.Errorf("written:\n%s", got)
	}
}

func TestAddRefuses(t *testing.T) {
	for _, c := range []struct {
		answers string
		code    int
		text    string
		args    []string
	}{
		{"", 2, "stdin ended before", []string{"w", "--preset", "kl-gateway"}},
		{"https://i.example\n", 2, `stdin ended before the answer to "client_id"`, []string{"w", "--preset", "kl-gateway"}},
		{"http://i.example\n", 2, "issuer: http would send secrets", []string{"w", "--preset", "kl-gateway"}},
		{"\nx\nCANARY\n", 2, "never the key", []string{"w", "--preset", "kl-gateway"}},
		{"\nx\n-----BEGIN CANARY\n", 2, "client.key: a secret must not stand in the file", []string{"w", "--preset", "kl-gateway"}},
		{"\nx\nfile:/nowhere/key.pem\n", 2, "open /nowhere/key.pem: no such file", []string{"w", "--preset", "kl-gateway"}},
		{"\nx\n/nowhere/key.pem\n", 2, "open /nowhere/key.pem: no such file", []string{"w", "--preset", "kl-gateway"}},
		{"\nx\nfile:key.pem\n", 2, "must be absolute or begin with ~/", []string{"w", "--preset", "kl-gateway"}},
		{"", 2, `did you mean "kl-gateway"?`, []string{"w", "--preset", "kl-gatway"}},
		{"", 2, "cannot be a profile's name", []string{"../w", "--preset", "kl-gateway"}},
		{"", 2, "needs one NAME", []string{}},
	} {
		d := newDesk(t)
		d.want(c.answers, c.code, c.text, append([]string{"profile", "add"}, c.args...)...)
		d.nothingAdded()
	}
}

// What was answered is not lost with a secret: the keyring failed after it was tried.
func TestAddSaysWhatIsKeptWhere(t *testing.T) {
	d := newDesk(t)
	sets := 0
	d.ring.Fail = func(call string) error {
		if call == "set" {
			sets++
		}
		if sets > 1 {
			return errors.New("no")
		}
		return nil
	}
	d.quiet = true
	_, said, code := d.run(deviceAnswers+"CANARY1\nCANARY2\n", "profile", "add", "w", "--preset", "santedb")
	for _, want := range []string{
		"keyring:client_secret of w is stored in the OS keyring, service authctl/w\n",
		"profile w is written to ", "authctl: w: the secret keyring:device_secret could not be changed",
		"the profile is written; then authctl secret set device_secret -p w\n",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in:\n%s", want, said)
		}
	}
	if code != 6 || strings.Contains(said, "CANARY") {
		t.Errorf("exit %d:\n%s", code, said)
	}
	d.added("w")
	d.want(deviceAnswers, 0, "authctl secret set client_secret -p v", "profile", "add", "v", "--preset", "santedb", "--no-secrets")
}

// A bad answer keeps nothing: not the secret that was given before it either.
func TestAddKeepsNothingOfHalfAnAnswer(t *testing.T) {
	d := newDesk(t)
	d.want(deviceAnswers+"CANARY1\nCANARY\x00\n", 2, "device_secret cannot be kept", "profile", "add", "w", "--preset", "santedb")
	d.nothingAdded()
	if got, err := d.ring.Get("authctl/w", "client_secret"); err == nil {
		t.Errorf("kept %q", got)
	}
}

// The keyring is tried before the first question, and only where a secret will be wanted.
func TestAddTriesTheKeyringFirst(t *testing.T) {
	d := newDesk(t)
	d.ring.Fail = func(string) error { return secretstore.ErrNoKeyring }
	for _, args := range [][]string{{"w", "--preset", "santedb"}, {"w"}} {
		_, said, code := d.run(deviceAnswers, append([]string{"profile", "add"}, args...)...)
		if code != 6 || !strings.HasPrefix(said, "authctl: w: ") || !strings.Contains(said, "AUTHCTL_STORE=file") || !strings.Contains(said, "--no-secrets") {
			t.Errorf("%v: exit %d\n%s", args, code, said)
		}
	}
	d.put("klg.pem", privatePEM(t))
	d.want("\neoj\nfile:~/klg.pem\n", 0, "klg\n", "profile", "add", "klg", "--preset", "kl-gateway")
}

// put writes a file at home that only its owner reads.
func (d *desk) put(name, text string) string {
	d.t.Helper()
	path := filepath.Join(d.env["HOME"], name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
	return path
}

func privatePEM(t *testing.T) string {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// lockedPEM opens with a passphrase; it was made for this test.
const lockedPEM = `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiUxS68dncxngICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEHqrc57AAmm1JnRXF9HmHuQEQCyY
9Kks9VQloX9egoTeNaeLmSBw3M7vSdZq9kjTNb2TBUt1J64LeGf4BYFoVDzK2ysj
tmVw9qeTksLlj3bE0ew=
-----END ENCRYPTED PRIVATE KEY-----
`

// certificatePEM was made for this test.
const certificatePEM = `-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIUZB8hfy/CwE2CEsHaceA9A62RBkswCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHZXhhbXBsZTAeFw0yNjExMjcwMTMzMjlaFw0zNjExMjQwMTMz
MjlaMBIxEDAOBgNVBAMMB2V4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AASD6hUp5ZwcMOQXr4XnMwR0rc/i5DCil6a8kDxumyMp/saA/oufQpDxHWuyvcS/
pB7fCEn+GzPvlDjqAMKe+3Too1MwUTAdBgNVHQ4EFgQUEWKdUa0xDGS4m2WGMrRL
AAkGib8wHwYDVR0jBBgwFoAUEWKdUa0xDGS4m2WGMrRLAAkGib8wDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAoypdxXUDcof6yGSFId5iB3pOJSbp
pbUh9Gvt+FEf8m4CIGf2lUCl1gUp9CoL6TD4rqhEkzgI6z5arIokXxltwftA
-----END CERTIFICATE-----
`

// A path is a reference, the key there is opened at once, and one inside a JSON
// document is offered.
func TestAddOpensTheKey(t *testing.T) {
	d := newDesk(t)
	key := privatePEM(t)
	quoted, err := json.Marshal(key)
	if err != nil {
		t.Fatal(err)
	}
	path, portal := d.put("key.pem", key), d.put("portal.json", `{"clientId":"x","private_key":`+string(quoted)+`}`)
	public, open := d.put("public.jwk", `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`), d.put("open.pem", key)
	locked := d.put("locked.pem", lockedPEM)
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(d.env["HOME"])
	for i, c := range []struct {
		answer string
		code   int
		text   string // what is said, or the reference that is written
	}{
		{path, 0, "file:" + path},
		{"file:" + path, 0, "file:" + path},
		{"key.pem", 0, "file:" + path},
		{"./key.pem", 0, "file:" + path},
		{"~/key.pem", 0, "file:~/key.pem"},
		{portal + "#/private_key", 0, "file:" + portal + "#/private_key"},
		{portal, 2, "hint: answer file:" + portal + "#/private_key"},
		{portal + "#/clientId", 2, "no key in it"},
		{public, 2, "has a public key or a certificate and no private key"},
		{open, 2, "hint: chmod 600"},
		{locked, 0, "file:" + locked},
	} {
		name := "k" + strconv.Itoa(i)
		said := c.text
		if c.code == 0 {
			said = name + "\n"
		}
		d.want("\neoj\n"+c.answer+"\n", c.code, said, "profile", "add", name, "--preset", "kl-gateway")
		if c.code == 0 && !strings.Contains(d.added(name), "key: "+c.text+"\n") {
			t.Errorf("%s: written:\n%s", c.answer, d.added(name))
		}
	}
	d.terminal = true
	d.want("\neoj\n/nowhere\n"+portal+"\nn\n"+portal+"\n\n", 0, "it is JSON with a key inside; take file:"+portal+"#/private_key? [Y/n]", "profile", "add", "asked", "--preset", "kl-gateway")
	if got := d.added("asked"); !strings.Contains(got, portal+"#/private_key") {
		t.Errorf("written:\n%s", got)
	}
}
