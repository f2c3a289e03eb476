package cmd_test

import (
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

func (k *kitchen) shell(b block) {
	out := k.run("sh", "-euc", b.text)
	switch {
	case strings.Contains(b.text, "saymessage"):
		if !strings.Contains(out, `"message":"hello"`) {
			k.t.Errorf("%q", out)
		}
	case strings.Contains(b.text, ">me.json"):
		k.isMe(k.read("me.json"))
	default:
		k.isMe(out)
	}
	// A failure of authctl is a failure of the script, and leaves nothing behind.
	k.without()
	cmd := exec.Command("sh", "-euc", strings.ReplaceAll(b.text, "| curl -fsS -K -", "| cat; false"))
	cmd.Dir, cmd.Env = k.dir, []string{"PATH=" + k.env["PATH"], "API=" + k.base, "HOME=" + k.dir}
	if cmd.Run() == nil {
		k.t.Error("without a profile the script succeeds")
	}
}

func (k *kitchen) makefile(b block) {
	make := k.needs("make")
	k.file("Makefile", b.text)
	k.file("deploy.sh", "#!/bin/sh\nprintf 'Authorization: %s\\n' \"$AUTHCTL_AUTHORIZATION\" | curl -fsS -H @- \"$API/api/me\"\n")
	k.run("chmod", "700", "deploy.sh")
	out := k.run(make, "deploy")
	k.isMe(out)
	k.isMe(k.read("me.json"))
	if strings.Contains(out, "eyJ") || strings.Contains(out, "authctl") {
		k.t.Errorf("make prints %q", out)
	}
}

func (k *kitchen) kube(b block) {
	kubectl := k.needs("kubectl")
	to, _ := url.Parse(k.root)
	// kubectl sends a token over TLS only.
	front := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }})
	defer front.Close()
	k.file("ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: front.Certificate().Raw})))
	config := k.file("kubeconfig", strings.ReplaceAll(b.text, "https://api.example.org", front.URL))
	k.isMe(k.run(kubectl, "--kubeconfig", config, "--cache-dir", filepath.Join(k.dir, "cache"), "get", "--raw", "/salus/api/me"))
}

// dotenv reads the file as docker does: everything after = is the value.
func (k *kitchen) dotenv(b block) {
	k.run("sh", "-euc", b.text)
	name := "token.env"
	if strings.Contains(b.text, ">.env") {
		name = ".env"
	}
	vars := map[string]string{}
	for line := range strings.Lines(k.read(name)) {
		key, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if !ok {
			k.t.Errorf("%q", line)
		}
		vars[key] = value
	}
	k.isMe(k.get(vars["AUTHCTL_AUTHORIZATION"]))
	if mode := strings.TrimSpace(k.run("sh", "-c", "ls -l "+name+" | cut -c1-10")); mode != "-rw-------" {
		k.t.Errorf("the file is %s", mode)
	}
}

// get asks the API with a header's value.
func (k *kitchen) get(authorization string) string {
	k.t.Helper()
	r, err := http.NewRequestWithContext(k.t.Context(), http.MethodGet, k.base+"/api/me", nil)
	if err != nil {
		k.t.Fatal(err)
	}
	r.Header.Set("Authorization", authorization)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		k.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	return string(body)
}

func (k *kitchen) postman(b block) {
	k.needs("jq")
	k.run("sh", "-euc", b.text)
	var file struct {
		Name   string
		Values []struct {
			Key, Value, Type string
			Enabled          bool
		}
	}
	if err := json.Unmarshal([]byte(k.read("authctl.postman_environment.json")), &file); err != nil || len(file.Values) != 1 {
		k.t.Fatal(err, file)
	}
	if v := file.Values[0]; v.Key != "access_token" || v.Type != "secret" || !v.Enabled || file.Name == "" {
		k.t.Errorf("%+v", v)
	}
	k.isMe(k.get("Bearer " + file.Values[0].Value))
}

// powershell is run where there is one. Elsewhere what it would be fed is
// looked at: the JSON member that the block names, the quoting it would read.
func (k *kitchen) powershell(b block) {
	if pwsh, err := exec.LookPath("pwsh"); err == nil {
		if out := k.run(pwsh, "-NoProfile", "-Command", b.text); !strings.Contains(out, "client_333") {
			k.t.Errorf("%q", out)
		}
		return
	}
	feed := regexp.MustCompile(`authctl [^|\n]*`).FindString(b.text)
	out := k.run("sh", "-euc", feed)
	if strings.Contains(feed, "-o json") {
		var v struct {
			AccessToken string `json:"access_token"`
		}
		if err := json.Unmarshal([]byte(out), &v); err != nil || !strings.Contains(b.text, "$answer.access_token") {
			k.t.Fatal(err)
		}
		k.isMe(k.get("Bearer " + v.AccessToken))
		return
	}
	m := regexp.MustCompile(`(?m)^\$env:AUTHCTL_AUTHORIZATION = '([^']*)'$`).FindStringSubmatch(out)
	if m == nil || !strings.Contains(b.text, "$env:AUTHCTL_AUTHORIZATION") {
		k.t.Fatalf("%q", out)
	}
	k.isMe(k.get(m[1]))
}

func (k *kitchen) httpie(b block) {
	k.needs("http")
	k.isMe(k.run(k.needs("bash"), "-euc", b.text))
}

func (k *kitchen) wget(b block) {
	k.needs("wget")
	k.env["TMPDIR"] = k.dir
	k.run("sh", "-euc", b.text)
	k.isMe(k.read("me.json"))
	if left, _ := filepath.Glob(filepath.Join(k.dir, "tmp.*")); len(left) > 0 {
		k.t.Errorf("%v stay behind", left)
	}
}

// http fills in the variables as the editors do and sends the request.
func (k *kitchen) http(b block) {
	env := k.run("sh", "-euc", `vars=$(authctl token -p salus -o env); eval "$vars"; env`)
	for line := range strings.Lines(env) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		k.env[name] = value
	}
	text := regexp.MustCompile(`\{\{\$processEnv (\w+)\}\}`).ReplaceAllStringFunc(b.text, func(m string) string {
		return k.env[strings.TrimSuffix(strings.Fields(m)[1], "}}")]
	})
	first, rest, _ := strings.Cut(text, "\n")
	method, to, _ := strings.Cut(first, " ")
	r, err := http.NewRequestWithContext(k.t.Context(), method, to, nil)
	if err != nil {
		k.t.Fatal(err)
	}
	for line := range strings.Lines(rest) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		k.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	k.isMe(string(body))
}

func (k *kitchen) dpop(b block) {
	k.env["API"] = k.root + "/helseid-fapi"
	if out := k.run("sh", "-euc", b.text); !strings.Contains(out, `"subject"`) {
		k.t.Errorf("%q", out)
	}
}

// frontend is the profile of the block with the sandbox's Keycloak, whose
// front-end URL is at 127.0.0.1 and whose inner address is localhost.
func (k *kitchen) frontend(b block) {
	const realm = "/klg/auth/realms/ehealth"
	have, err := os.ReadFile(k.env["AUTHCTL_CONFIG"])
	if err != nil {
		k.t.Fatal(err)
	}
	_, klg, _ := strings.Cut(string(have), "\n  klg:\n")
	key := regexp.MustCompile(`key: "?(?:file:)?([^",}\s]+)`).FindStringSubmatch(klg)
	id := regexp.MustCompile(`id: ([^,}\s]+)`).FindStringSubmatch(klg)
	if key == nil || id == nil {
		k.t.Fatalf("the sandbox's profile is %s", klg)
	}
	inner := strings.Replace(k.root, "127.0.0.1", "localhost", 1)
	text := strings.NewReplacer(
		"https://id.example.org/realms/work", k.root+realm, "http://keycloak.identity.svc:8080/realms/work", inner+realm,
		"my-app", id[1], "file:client.pem", "file:"+key[1],
		"  work:\n", "  work:\n    preset: kl-gateway\n    grant: client_credentials\n", // what this realm is stricter about
	).Replace(b.text)
	if strings.Count(text, inner) != 2 || strings.Contains(text, "example.org") {
		k.t.Fatalf("%s", text)
	}
	k.env["AUTHCTL_CONFIG"] = k.file("profiles.yaml", text)
	token := strings.TrimSpace(k.run("authctl", "token", "-p", "work"))
	k.file("token", token)
	if out := k.run("authctl", "decode", "--verify", "-p", "work", "--audience", "account", "token"); !strings.Contains(out, "VERIFIED") {
		k.t.Errorf("%s", out)
	}
}
