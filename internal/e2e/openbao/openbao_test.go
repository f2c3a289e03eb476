//go:build e2e

package openbao

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/internal/engine"
	"authctl/internal/fakes/contract"
	"authctl/internal/secret"
)

const prefix = "secret/authctl/team-a"

func text(s string) func(context.Context) (secret.Text, error) {
	return func(context.Context) (secret.Text, error) { return secret.New(s), nil }
}

func (s *Server) open(t testing.TB, login engine.Login, addresses ...string) *engine.Vault {
	t.Helper()
	v, err := engine.NewVault(engine.VaultOptions{
		Wire:      engine.Wire{HTTP: s.Transport, UserAgent: "authctl (e2e)", Now: time.Now},
		Addresses: addresses, Path: prefix, Login: login,
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (s *Server) root(t testing.TB, addresses ...string) *engine.Vault {
	t.Helper()
	return s.open(t, engine.Login{Secret: text(s.Token)}, addresses...)
}

func (s *Server) subject(t *testing.T) contract.Subject {
	return contract.Subject{
		Open:    func(t testing.TB, address string) contract.Engine { return s.root(t, address) },
		Address: s.Leader(t).URL, Through: s.Transport,
		Delete: func(t testing.TB, name string) {
			t.Helper()
			s.Call(t, s.Leader(t), http.MethodDelete, strings.Replace(prefix, "/", "/data/", 1)+"/"+name, "")
		},
	}
}

func TestTheContractHolds(t *testing.T) {
	s := Dev(t)
	contract.Run(t, s.subject(t))
}

// TestThePolicyOfTheDocsIsEnough: what docs/fleet.md grants is all that is needed, and no more.
func TestThePolicyOfTheDocsIsEnough(t *testing.T) {
	s := Dev(t)
	n := s.Nodes[0]
	page, err := os.ReadFile("../../../docs/fleet.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)```hcl\n(.*?)```").FindSubmatch(page)
	if found == nil {
		t.Fatal("docs/fleet.md has no policy")
	}
	policy, _ := json.Marshal(map[string]string{"policy": string(found[1])})
	s.Call(t, n, http.MethodPut, "sys/policies/acl/authctl", string(policy))

	proof, pub := idToken(t)
	s.Call(t, n, http.MethodPost, "sys/auth/jwt", `{"type":"jwt"}`)
	config, _ := json.Marshal(map[string]any{"jwt_validation_pubkeys": []string{pub}})
	s.Call(t, n, http.MethodPost, "auth/jwt/config", string(config))
	s.Call(t, n, http.MethodPost, "auth/jwt/role/ci", `{"role_type":"jwt","user_claim":"sub","bound_audiences":["vault"],"token_policies":["authctl"],"token_type":"batch","token_ttl":"10m"}`)
	s.Call(t, n, http.MethodPost, "sys/auth/approle", `{"type":"approle"}`)
	s.Call(t, n, http.MethodPost, "auth/approle/role/ci", `{"token_policies":["authctl"],"token_ttl":"10m"}`)
	var role struct{ Data map[string]any }
	if err := json.Unmarshal(s.Call(t, n, http.MethodGet, "auth/approle/role/ci/role-id", ""), &role); err != nil {
		t.Fatal(err)
	}
	id, _ := role.Data["role_id"].(string)
	if err := json.Unmarshal(s.Call(t, n, http.MethodPost, "auth/approle/role/ci/secret-id", ""), &role); err != nil {
		t.Fatal(err)
	}
	secretID, _ := role.Data["secret_id"].(string)

	for name, login := range map[string]engine.Login{
		"jwt, a batch token": {Method: "jwt", Role: "ci", Secret: text(proof)},
		"approle":            {Method: "approle", Role: id, Secret: text(secretID)},
	} {
		t.Run(name, func(t *testing.T) {
			contract.Run(t, contract.Subject{
				Open:    func(t testing.TB, address string) contract.Engine { return s.open(t, login, address) },
				Address: n.URL, Through: s.Transport,
			})
			for _, f := range s.open(t, login, n.URL).Check(t.Context()) {
				t.Logf("%s: %s%v", f.What, f.Text, f.Err)
				if f.Err != nil {
					t.Errorf("%s: %v", f.What, f.Err)
				}
			}
		})
	}
	_, _, _, err = s.open(t, engine.Login{Method: "jwt", Role: "ci", Secret: text(proof + "x")}, n.URL).Read(t.Context(), "k")
	states(t, err, engine.LoginFailed)
	e := s.open(t, engine.Login{Method: "jwt", Role: "ci", Secret: text(proof)}, n.URL)
	at, err := e.Swap(t.Context(), "k", []byte("one"), "0")
	if err != nil {
		t.Fatal(err)
	}
	var meta struct {
		Data struct {
			Required bool `json:"cas_required"`
		}
	}
	if err := json.Unmarshal(s.Call(t, n, http.MethodGet, "secret/metadata/authctl/team-a/k", ""), &meta); err != nil || !meta.Data.Required {
		t.Errorf("cas_required is not set: %v", err)
	}
	if status, _, _ := s.send(n, http.MethodPost, "secret/data/authctl/team-a/k", `{"data":{"record":"eA=="}}`); status != http.StatusBadRequest {
		t.Errorf("a write without a version was answered by %d", status)
	}
	if _, err := e.Swap(t.Context(), "k", []byte("two"), at); err != nil {
		t.Error(err)
	}
}

// TestTroublesAreToldApart: the same states that internal/engine's fake gives.
func TestTroublesAreToldApart(t *testing.T) {
	s := Dev(t)
	n := s.Nodes[0]
	s.Call(t, n, http.MethodPut, "sys/policies/acl/few", `{"policy":"path \"secret/data/other\" { capabilities = [\"read\"] }"}`)
	token := func(body string) string {
		var made struct {
			Auth struct {
				Token string `json:"client_token"`
			}
		}
		if err := json.Unmarshal(s.Call(t, n, http.MethodPost, "auth/token/create", body), &made); err != nil {
			t.Fatal(err)
		}
		return made.Auth.Token
	}
	over := token(`{"ttl":"1s"}`)
	s.Call(t, n, http.MethodPost, "sys/mounts/old", `{"type":"kv","options":{"version":"1"}}`)
	time.Sleep(2 * time.Second)
	for name, c := range map[string]struct {
		path, token, namespace string
		state                  engine.State
	}{
		"expired":                 {prefix, over, "", engine.TokenDead},
		"policy":                  {prefix, token(`{"policies":["few"]}`), "", engine.Forbidden},
		"policy, without default": {prefix, token(`{"policies":["few"],"no_default_policy":true}`), "", engine.Forbidden},
		"no such mount":           {"nowhere/a", s.Token, "", engine.Nowhere},
		"no such namespace":       {prefix, s.Token, "nowhere", engine.Nowhere},
		"KV version 1":            {"old/a", s.Token, "", engine.Unversioned},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := engine.NewVault(engine.VaultOptions{
				Wire:      engine.Wire{HTTP: s.Transport, Now: time.Now},
				Addresses: []string{n.URL}, Path: c.path, Namespace: c.namespace, Login: engine.Login{Secret: text(c.token)},
			})
			if err != nil {
				t.Fatal(err)
			}
			_, at, _, err := v.Read(t.Context(), "k")
			if errors.Is(err, engine.ErrAbsent) {
				_, err = v.Swap(t.Context(), "k", []byte("b"), at)
			}
			states(t, err, c.state)
		})
	}
	s.Call(t, n, http.MethodPut, "sys/seal", "")
	began := time.Now()
	_, _, _, err := s.root(t, n.URL).Read(t.Context(), "k")
	states(t, err, engine.Sealed)
	if took := time.Since(began); took < 9*time.Second || took > 15*time.Second {
		t.Errorf("a sealed engine was waited for %s", took)
	}
}

func states(t *testing.T, err error, want engine.State) {
	t.Helper()
	if t.Log(err); !errors.Is(err, want) {
		t.Errorf("%v, want %q", err, want)
	}
}

// TestACluster: the contract at three nodes, at standbys alone, and while leaders die.
func TestACluster(t *testing.T) {
	s := Cluster(t)
	t.Run("at the leader", func(t *testing.T) { contract.Run(t, s.subject(t)) })
	t.Run("at the standbys", func(t *testing.T) {
		var standbys []string
		for _, n := range s.Nodes {
			if n != s.Leader(t) {
				standbys = append(standbys, n.URL)
			}
		}
		w := &contract.Writers{Open: func(int) contract.Engine { return s.root(t, standbys...) }, Machines: 4, Times: 5}
		if n, _ := w.Count(t); n != 20 {
			t.Errorf("20 swaps, the record counts %d", n)
		}
	})
	t.Run("leaders are killed", func(t *testing.T) {
		done := make(chan struct{})
		var group sync.WaitGroup
		group.Go(func() { s.KillLeaders(t, 700*time.Millisecond, 3, done) })
		w := &contract.Writers{Open: func(int) contract.Engine { return s.root(t, s.URLs()...) }, Machines: 4, Times: 300, Outages: true}
		n, unknown := w.Count(t)
		close(done)
		group.Wait()
		t.Logf("1200 swaps were told to be done, %d to be of unknown end; the record counts %d", unknown, n)
		if n < 1200 || n > 1200+unknown {
			t.Error("a swap was lost or counted twice")
		}
	})
}

// idToken is a CI system's for the job, and the key that verifies it.
func idToken(t *testing.T) (token, pub string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	claims := fmt.Sprintf(`{"sub":"project:7","aud":"vault","iat":%d,"exp":%d}`, time.Now().Unix(), time.Now().Add(time.Hour).Unix())
	signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	sum := sha256.Sum256([]byte(signed))
	r, sig, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	both := append(r.FillBytes(make([]byte, 32)), sig.FillBytes(make([]byte, 32))...)
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(both), string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}
