//go:build !fleettest

package shared_test

import (
	"testing"

	"authctl/internal/app/shared"
	"authctl/internal/config"
	"authctl/internal/engine"
	"authctl/internal/store"
)

// What tests shorten and stop in a build of their own is deaf in every other.
func TestNoTestsVariableIsReadInARelease(t *testing.T) {
	for _, kind := range []string{store.KindVault, store.KindKubernetes} {
		asked := 0
		s, _, err := shared.Deps{
			Spec: &config.SharedStore{Address: []string{"https://v.example"}, Path: "secret/a", Namespace: "ns"},
			Env: func(name string) (string, bool) {
				if name == "AUTHCTL_FLEETTEST" {
					asked++
				}
				return "claimed=1s sent=1s wait=1s kill=before:1", true
			},
		}.Open(kind)
		if err != nil {
			t.Fatal(err)
		}
		switch s.Engine.(type) {
		case *engine.Vault, *engine.Kubernetes:
		default:
			t.Errorf("%s: the engine is a %T", kind, s.Engine)
		}
		if asked != 0 || s.Limits != (store.Limits{}) {
			t.Errorf("%s: the variable was read %d times, the times are %+v", kind, asked, s.Limits)
		}
	}
}
