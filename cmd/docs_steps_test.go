package cmd_test

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"authctl/internal/sandbox"
)

// newPage is the kitchen in which the steps of a page follow each other.
func newPage(t *testing.T, box *sandbox.Sandbox, page string) *kitchen {
	t.Helper()
	k := newKitchen(t, box)
	have, err := os.ReadFile(box.ConfigFile())
	if err != nil {
		t.Fatal(err)
	}
	k.env["AUTHCTL_CONFIG"] = k.file("profiles.yaml", string(have))
	k.env["AUTHCTL_STORE"], k.env["HOME"], k.env["BROWSER"], k.env["TZ"] = "file", filepath.Join(k.dir, "home"), "visit", "UTC"
	k.page, k.folder = t, box.Dir()
	if set, ok := stages()[page]; ok {
		set(k)
	}
	return k
}

// steps runs the block in the page's folder. Each command of it must succeed, and warn of nothing.
func (k *kitchen) steps(page string, b block) {
	k.t.Helper()
	if set, ok := stages()[page+"#"+b.heading]; ok {
		set(k)
	}
	out := k.run(k.needs("bash"), "-euxo", "pipefail", "-c", expected(k.swap(b.text)))
	k.out += out
	if strings.Contains(k.said, "warning: ") && (k.warned == "" || !strings.Contains(k.said, k.warned)) {
		k.t.Errorf("%s", k.said)
	}
	if strings.TrimSpace(out) == "" && strings.Contains(b.text, "authctl token") {
		k.t.Errorf("no token is printed: %s", k.said)
	}
	if os.Getenv("AUTHCTL_TEST_SHOW") != "" {
		k.t.Logf("%s%s", out, k.said)
	}
}

// swap puts the sandbox where the page has an example's address.
func (k *kitchen) swap(text string) string {
	const realm = "/klg/auth/realms/ehealth/protocol/openid-connect/"
	return strings.NewReplacer(append(k.swaps, "https://as.example/token", k.root+realm+"token", "https://as.example/jwks", k.root+realm+"certs")...).Replace(text)
}

// expected makes of `COMMAND # exit N` a command that must end so.
func expected(text string) string {
	return regexp.MustCompile(`(?m)^(.*?) *# exit (\d+)$`).ReplaceAllString(text, `code=0; { $1; } || code=$$?; test $$code = $2`)
}

// named lets a page call a profile of the sandbox by another name.
func (k *kitchen) named(name, of string) {
	k.t.Helper()
	_, rest, ok := strings.Cut(k.read("profiles.yaml"), "\n  "+of+":\n")
	if !ok {
		k.t.Fatalf("the sandbox has no profile %s", of)
	}
	body := ""
	for line := range strings.Lines(rest) {
		if !strings.HasPrefix(line, "    ") {
			break
		}
		body += line[4:]
	}
	k.own(name, body)
	word := func(s string) string {
		return "AUTHCTL_SECRET_" + strings.ToUpper(strings.ReplaceAll(s, "-", "_")) + "_"
	}
	for variable, value := range k.secrets {
		if secret, ok := strings.CutPrefix(variable, word(of)); ok {
			k.env[word(name)+secret] = value
		}
	}
}

// own writes a profile of the page's.
func (k *kitchen) own(name, body string) {
	k.t.Helper()
	if err := os.MkdirAll(filepath.Join(k.dir, "profiles.d"), 0o700); err != nil {
		k.t.Fatal(err)
	}
	k.file("profiles.d/"+name+".yaml", body)
}

// profile wants a block of YAML to be one: a profiles file, its head, or fields of a profile.
func (k *kitchen) profile(b block) {
	k.t.Helper()
	var fields map[string]any
	if err := yaml.Unmarshal([]byte(b.text), &fields); err != nil {
		k.t.Fatal(err)
	}
	text := b.text
	switch _, version := fields["version"]; {
	case version:
	case fields["profiles"] != nil:
		text = "version: 1\n" + text
	case fields["store"] != nil:
		text = "version: 1\n" + text + "profiles: {any: {token_url: https://as.example/token, client: {id: any, auth: none}}}\n"
	default:
		text = fragment(k.t, b.text, fields)
	}
	folder := k.t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "p.yaml"), []byte(text), 0o600); err != nil {
		k.t.Fatal(err)
	}
	if out := k.run("authctl", "--config", filepath.Join(folder, "p.yaml"), "profile", "check"); !strings.Contains(out, ": ok") {
		k.t.Errorf("%s%s", out, k.said)
	}
}

// fragment is a profile of the block and what it cannot be without.
func fragment(t *testing.T, text string, fields map[string]any) string {
	t.Helper()
	client, _ := fields["client"].(map[string]any)
	if client == nil {
		client = map[string]any{}
	}
	if client["id"] == nil {
		client["id"] = "any"
	}
	if client["key"] != nil && client["auth"] == nil {
		client["auth"] = "private_key_jwt"
	}
	fields["client"] = client
	if fields["preset"] == nil && fields["issuer"] == nil {
		fields["issuer"] = "https://as.example"
	}
	whole, err := yaml.Marshal(map[string]any{"version": 1, "profiles": map[string]any{"any": fields}})
	if err != nil {
		t.Fatal(err, text)
	}
	return string(whole)
}

// verbs wants the Makefile to have every verb that the block names: they build and
// test authctl, which a test of it cannot.
func (k *kitchen) verbs(b block) {
	makefile, err := filepath.Abs("../Makefile")
	if err != nil {
		k.t.Fatal(err)
	}
	found := 0
	for _, m := range regexp.MustCompile(`(?m)^make ([a-z0-9-]+)`).FindAllStringSubmatch(b.text, -1) {
		found++
		k.run(k.needs("make"), "-n", "-f", makefile, m[1])
	}
	if found == 0 {
		k.t.Error("no verb is named")
	}
}

// device is what is said on stderr, with a person who goes to the address of a login.
type device struct {
	said bytes.Buffer
	gone bool
}

func (d *device) Write(p []byte) (int, error) {
	n, err := d.said.Write(p)
	if at := regexp.MustCompile(`(http\S+[?&](?:user_code|client_id)=\S+)\s`).FindSubmatch(d.said.Bytes()); at != nil && !d.gone {
		d.gone = true
		address := string(at[1])
		go func() { _ = login(address) }()
	}
	return n, err
}

// visit is a browser: it goes to its argument and logs in.
func visit() {
	if err := login(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func login(address string) error {
	answer, err := http.Get(address)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	form := regexp.MustCompile(`(?s)action="([^"]*)".*name="request" value="([^"]*)"`).FindSubmatch(page)
	if form == nil && answer.StatusCode == http.StatusOK {
		return nil // it was a redirect back, with nothing to ask
	}
	if form == nil {
		return fmt.Errorf("no form at %s: %s", address, page)
	}
	to, err := answer.Request.URL.Parse(html.UnescapeString(string(form[1])))
	if err != nil {
		return err
	}
	done, err := http.PostForm(to.String(), url.Values{"request": {html.UnescapeString(string(form[2]))}, "decision": {"login"}})
	if err != nil {
		return err
	}
	return done.Body.Close()
}

// freePort is one that nobody listens on now.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
