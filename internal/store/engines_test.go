//go:build unix

package store_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"net/http"
	"testing"
	"time"

	"authctl/internal/engine"
	"authctl/internal/fakes"
	"authctl/internal/fakes/stores"
	"authctl/internal/secret"
	"authctl/internal/store"
)

// on opens stores on what each call of make gives, as each machine has its own way there.
func on(kind string, made func(t *testing.T) store.Engine) stores.Open {
	return func(t *testing.T) *store.Store {
		s, err := store.Open(store.Options{
			Kind: kind, Rand: rand.Reader, Now: time.Now, Warn: func(line string) { t.Errorf("warned: %s", line) },
			Shared: &store.Shared{Engine: made(t), Keys: func(context.Context) ([][]byte, error) {
				return [][]byte{bytes.Repeat([]byte{1}, store.KeySize)}, nil
			}},
		})
		must(t, err)
		return s
	}
}

// The contract, through the engines that users run, as far as the imitations go.
func TestContractOfEachEngine(t *testing.T) {
	token := func(text string) func(context.Context) (secret.Text, error) {
		return func(context.Context) (secret.Text, error) { return secret.New(text), nil }
	}
	wire := engine.Wire{HTTP: http.DefaultTransport, Now: time.Now}
	t.Run("vault", func(t *testing.T) {
		stores.Contract(t, func(t *testing.T) stores.Open {
			server := fakes.NewVault().Serve(0)
			t.Cleanup(server.Close)
			return on(store.KindVault, func(t *testing.T) store.Engine {
				v, err := engine.NewVault(engine.VaultOptions{Wire: wire, Addresses: []string{server.URL}, Path: "secret/authctl", Login: engine.Login{Secret: token("root")}})
				must(t, err)
				return v
			})
		})
	})
	t.Run("kubernetes", func(t *testing.T) {
		stores.Contract(t, func(t *testing.T) stores.Open {
			server := fakes.NewKubernetes().Serve()
			t.Cleanup(server.Close)
			return on(store.KindKubernetes, func(t *testing.T) store.Engine {
				k, err := engine.NewKubernetes(engine.KubernetesOptions{Wire: wire, Addresses: []string{server.URL}, Namespace: "ns", Token: token("admin")})
				must(t, err)
				return k
			})
		})
	})
}
