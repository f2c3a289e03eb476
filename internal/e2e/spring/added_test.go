//go:build e2e

package spring

import "testing"

// TestFourAnswers are a profile for this server.
func TestFourAnswers(t *testing.T) { start(t, newClients(t)).Added(t, "oidc", "api") }
