//go:build e2e

package openbao

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	cli "authctl/internal/e2e/program"
	"authctl/internal/e2e/softhsm"
)

const transitProfiles = `version: 1
profiles:
  rsa:
    token_url: https://as.example/token
    client: {id: app, auth: private_key_jwt, key: {signer: [./sign-rsa], public: "file:rsa.pem", env: [BAO_TOKEN]}}
    assertion: {audience: "https://as.example"}
  ec:
    token_url: https://as.example/token
    client: {id: app, auth: private_key_jwt, key: {signer: [./sign-ec], public: "file:ec.pem", env: [BAO_TOKEN]}}
    assertion: {audience: "https://as.example"}
`

// TestAKeyInTransit signs by the transit engine, as docs/signers.md has it, with a
// token that may do nothing else.
func TestAKeyInTransit(t *testing.T) {
	bao, s, a := program(t), Dev(t), cli.New(t, transitProfiles)
	n := s.Nodes[0]
	s.Call(t, n, http.MethodPost, "sys/mounts/transit", `{"type":"transit"}`)
	s.Call(t, n, http.MethodPost, "sys/policies/acl/sign", `{"policy":"path \"transit/sign/*\" { capabilities = [\"update\"] }"}`)
	for name, kind := range map[string]string{"rsa": "rsa-2048", "ec": "ecdsa-p256"} {
		s.Call(t, n, http.MethodPost, "transit/keys/"+name, `{"type":"`+kind+`"}`)
		var key struct {
			Data struct {
				Keys map[string]struct {
					Public string `json:"public_key"`
				} `json:"keys"`
			} `json:"data"`
		}
		if err := json.Unmarshal(s.Call(t, n, http.MethodGet, "transit/keys/"+name, ""), &key); err != nil {
			t.Fatal(err)
		}
		script := strings.ReplaceAll(softhsm.Recipe(t, "sign-transit"), "transit/sign/klg", "transit/sign/"+name)
		write(t, filepath.Join(a.Home, "sign-"+name), strings.ReplaceAll(script, "$(bao ", "$("+bao+" "))
		write(t, filepath.Join(a.Home, name+".pem"), key.Data.Keys["1"].Public)
	}
	var made struct {
		Auth struct {
			Token string `json:"client_token"`
		} `json:"auth"`
	}
	if err := json.Unmarshal(s.Call(t, n, http.MethodPost, "auth/token/create", `{"policies":["sign"],"no_default_policy":true}`), &made); err != nil {
		t.Fatal(err)
	}
	a.Env = append(a.Env, "BAO_ADDR="+n.URL, "BAO_TOKEN="+made.Auth.Token)
	for alg, name := range map[string]string{"RS256": "rsa", "RS512": "rsa", "PS256": "rsa", "PS512": "rsa", "ES256": "ec"} {
		a.Signs(t, name, alg, name+".pem")
	}
	a.Env[len(a.Env)-1] = "BAO_TOKEN=none"
	if r := a.Run(t, "", "assert", "-p", "rsa"); r.Code != 3 || r.Stdout != "" || !strings.Contains(r.Stderr, "403") {
		t.Errorf("exit %d: %s", r.Code, r.Stderr)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil { //nolint:gosec // the scripts run
		t.Fatal(err)
	}
}
