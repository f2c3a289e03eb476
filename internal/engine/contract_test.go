package engine_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"authctl/internal/engine"
	"authctl/internal/fakes"
	"authctl/internal/fakes/contract"
	"authctl/internal/secret"
)

func text(s string) func(context.Context) (secret.Text, error) {
	return func(context.Context) (secret.Text, error) { return secret.New(s), nil }
}

func wire(t testing.TB) engine.Wire {
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return engine.Wire{HTTP: tr, UserAgent: "authctl (test)", Now: time.Now}
}

func openVault(t testing.TB, addresses ...string) *engine.Vault {
	t.Helper()
	v, err := engine.NewVault(engine.VaultOptions{Wire: wire(t), Addresses: addresses, Path: "secret/authctl/team-a", Login: engine.Login{Secret: text("root")}})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVaultKeepsTheContract(t *testing.T) {
	server := fakes.NewVault().Serve(0)
	t.Cleanup(server.Close)
	contract.Run(t, contract.Subject{
		Open:    func(t testing.TB, address string) contract.Engine { return openVault(t, address) },
		Address: server.URL, Through: http.DefaultTransport,
		Delete: func(t testing.TB, name string) {
			t.Helper()
			send(t, http.MethodDelete, server.URL+"/v1/secret/data/authctl/team-a/"+name)
		},
	})
}

func send(t testing.TB, method, url string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Vault-Token", "root")
	r.Header.Set("Authorization", "Bearer admin")
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %d", method, url, resp.StatusCode)
	}
}

func openKubernetes(t testing.TB, addresses ...string) *engine.Kubernetes {
	t.Helper()
	k, err := engine.NewKubernetes(engine.KubernetesOptions{Wire: wire(t), Addresses: addresses, Namespace: "ns", Token: text("admin")})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKubernetesKeepsTheContract(t *testing.T) {
	server := fakes.NewKubernetes().Serve()
	t.Cleanup(server.Close)
	contract.Run(t, contract.Subject{
		Open:    func(t testing.TB, address string) contract.Engine { return openKubernetes(t, address) },
		Address: server.URL, Through: http.DefaultTransport,
		Delete: func(t testing.TB, name string) {
			t.Helper()
			send(t, http.MethodDelete, server.URL+"/api/v1/namespaces/ns/secrets/authctl-"+strings.ReplaceAll(name, "_", "."))
		},
	})
}
