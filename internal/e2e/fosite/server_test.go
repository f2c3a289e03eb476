//go:build e2e

package fosite

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"time"

	"authctl/internal/e2e/features"
	"authctl/internal/e2e/process"
	"authctl/internal/e2e/program"
)

// Whose grants the server knows.
const (
	issuer  = "ci"
	subject = "anna"
)

// algs are the client ids that the server knows, each for its algorithm.
func algs() []string { return []string{"RS256", "PS256", "ES256", "ES384"} }

// profiles: the grant that authctl signs, one of an issuer that the server does
// not know, one whose assertion is finished, and clients.
const profiles = `version: 1
profiles:
  signed:
    token_url: {{.URL}}/token
    client: {auth: none, key: "file:{{.Folder}}/grant.der"}
    grant: jwt_bearer
    scopes: [read]
    grant_assertion: {issuer: ci, subject: anna, audience: token_url, scope: parameter, kid: thumbprint}
  stranger:
    token_url: {{.URL}}/token
    client: {auth: none, key: "file:{{.Folder}}/grant.der"}
    grant: jwt_bearer
    grant_assertion: {issuer: somebody, subject: anna, audience: token_url, scope: parameter, kid: thumbprint}
  finished:
    token_url: {{.URL}}/token
    client: {auth: none}
    grant: jwt_bearer
    scopes: [read]
    exchange: {subject_token: "file:{{.Folder}}/finished"}
  federated:
    token_url: {{.URL}}/token
    client: {id: ES256, auth: federated, assertion: "file:{{.Folder}}/finished"}
    scopes: [read]
{{range .Algs}}  {{.}}:
    token_url: {{$.URL}}/token
    client: {id: {{.}}, auth: private_key_jwt, key: "file:{{$.Folder}}/{{.}}.der"}
    assertion: {alg: {{.}}, audience: token_url, kid: thumbprint, lifetime: 5m}
    scopes: [read]
{{end}}`

// server is fosite's, and the authctl that it knows.
type server struct {
	*program.Authctl
	url, folder string // the folder has the keys, NAME.der, and the finished assertion
}

// start skips where the modules of the server cannot be had.
func start(t *testing.T) *server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	s := &server{folder: t.TempDir()}
	if out, err := exec.CommandContext(ctx, "go", "-C", "server", "mod", "download").CombinedOutput(); err != nil {
		t.Skipf("no fosite: go mod download: %v: %.500s", err, out)
	}
	built := filepath.Join(s.folder, "server")
	if out, err := exec.CommandContext(ctx, "go", "-C", "server", "build", "-o", built, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, out)
	}
	port, err := process.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	address := "127.0.0.1:" + strconv.Itoa(port)
	s.url = "http://" + address
	cmd := exec.Command(built, address)
	cmd.Stdin = bytes.NewReader(s.known(t))
	p, err := process.Start(cmd, filepath.Join(s.folder, "fosite.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	if err := p.Ready(ctx, s.url+"/"); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	err = template.Must(template.New("profiles").Parse(profiles)).Execute(&text, map[string]any{"URL": s.url, "Folder": s.folder, "Algs": algs()})
	if err != nil {
		t.Fatal(err)
	}
	s.Authctl = program.New(t, text.String())
	return s
}

// known is what the server reads of whom it knows.
func (s *server) known(t *testing.T) []byte {
	t.Helper()
	clients := map[string]features.KeySet{}
	for _, alg := range algs() {
		clients[alg] = features.NewKey(t, s.key(alg), alg)
	}
	grants := map[string]map[string]features.KeySet{issuer: {subject: features.NewKey(t, s.key("grant"), "RS256")}}
	text, err := json.Marshal(map[string]any{"Grants": grants, "Clients": clients})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (s *server) key(name string) string { return filepath.Join(s.folder, name+".der") }

// seen is what fosite knows of a token.
type seen struct {
	Active   bool
	Sub      string
	ClientID string `json:"client_id"`
	Scope    []string
}

func (s *server) introspect(t *testing.T, token string) (answer seen) {
	t.Helper()
	resp, err := http.PostForm(s.url+"/introspect", url.Values{"token": {token}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	if !answer.Active || strings.Join(answer.Scope, " ") != "read" {
		t.Errorf("fosite does not know the token that it gave: %+v", answer)
	}
	return answer
}
