//go:build e2e

package kubernetes

import (
	"context"
	"errors"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"authctl/internal/engine"
	"authctl/internal/fakes/contract"
	"authctl/internal/secret"
)

// paths are where objects of each kind are made, in the order of docs/fleet.md.
var paths = map[string]string{
	"Namespace": "/api/v1/namespaces", "ServiceAccount": "/api/v1/namespaces/authctl/serviceaccounts", "Pod": "/api/v1/namespaces/authctl/pods",
	"Role":        "/apis/rbac.authorization.k8s.io/v1/namespaces/authctl/roles",
	"RoleBinding": "/apis/rbac.authorization.k8s.io/v1/namespaces/authctl/rolebindings",
}

func (s *Server) open(t testing.TB, token, namespace, address string) *engine.Kubernetes {
	t.Helper()
	k, err := engine.NewKubernetes(engine.KubernetesOptions{
		Wire: engine.Wire{HTTP: s.Transport, UserAgent: "authctl (e2e)", Now: time.Now}, Addresses: []string{address}, Namespace: namespace,
		Token: func(context.Context) (secret.Text, error) { return secret.New(token), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestTheContractHolds with the manifests of the docs and their service account's token.
func TestTheContractHolds(t *testing.T) {
	s := Start(t)
	page, err := os.ReadFile("../../../docs/fleet.md")
	if err != nil {
		t.Fatal(err)
	}
	kind := regexp.MustCompile(`(?m)^kind: (\w+)$`)
	made := 0
	for _, block := range regexp.MustCompile("(?s)```yaml\n(apiVersion.*?)```").FindAllSubmatch(page, -1) {
		for _, object := range strings.Split(string(block[1]), "\n---\n") {
			s.Create(t, paths[kind.FindStringSubmatch(object)[1]], []byte(object))
			made++
		}
	}
	if made != len(paths) {
		t.Fatalf("docs/fleet.md has %d manifests, want %d", made, len(paths))
	}
	token := s.Account(t, "authctl", "authctl")
	contract.Run(t, contract.Subject{
		Open:    func(t testing.TB, address string) contract.Engine { return s.open(t, token, "authctl", address) },
		Address: s.URL, Through: s.Transport,
		Delete: func(t testing.TB, name string) {
			t.Helper()
			path := "/api/v1/namespaces/authctl/secrets/authctl-" + strings.ReplaceAll(name, "_", ".")
			if status, body, err := s.send(http.MethodDelete, path, "", nil); err != nil || status != http.StatusOK {
				t.Fatalf("DELETE %s: %d, %v: %s", path, status, err, body)
			}
		},
	})
	for _, f := range s.open(t, token, "authctl", s.URL).Check(t.Context()) {
		if f.Err != nil {
			t.Errorf("%s: %v", f.What, f.Err)
		}
	}
	t.Run("the age of a second write", func(t *testing.T) {
		k := s.open(t, token, "authctl", s.URL)
		v, err := k.Swap(t.Context(), "aging", []byte("one"), "0")
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		if _, err := k.Swap(t.Context(), "aging", []byte("two"), v); err != nil {
			t.Fatal(err)
		}
		if _, _, age, err := k.Read(t.Context(), "aging"); err != nil || age < 0 || age > 2*time.Second {
			t.Errorf("written a moment ago and %s old, %v", age, err)
		}
	})
	for name, c := range map[string]struct {
		token, namespace string
		state            engine.State
	}{
		"no token":          {"x", "authctl", engine.TokenDead},
		"another namespace": {token, "default", engine.Forbidden},
		"no such namespace": {Admin, "nowhere", engine.Nowhere},
	} {
		t.Run(name, func(t *testing.T) {
			k := s.open(t, c.token, c.namespace, s.URL)
			_, at, _, err := k.Read(t.Context(), "k")
			if errors.Is(err, engine.ErrAbsent) {
				_, err = k.Swap(t.Context(), "k", []byte("b"), at)
			}
			if t.Log(err); !errors.Is(err, c.state) {
				t.Errorf("%v, want %q", err, c.state)
			}
		})
	}
}
