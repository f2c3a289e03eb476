//go:build e2e

package openbao

import (
	"net/http"
	"testing"
	"time"
)

// Leader is the node that leads now.
func (s *Server) Leader(t testing.TB) *Node {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		for _, n := range s.Nodes {
			if s.health(n) == http.StatusOK {
				return n
			}
		}
	}
	t.Fatal("nobody leads")
	return nil
}

// Standby is a node that does not lead now.
func (s *Server) Standby(t testing.TB) *Node {
	t.Helper()
	leader := s.Leader(t)
	for _, n := range s.Nodes {
		if n != leader {
			return n
		}
	}
	t.Fatal("nobody stands by")
	return nil
}

// KillLeaders kills the leader, waits for the next one and starts it again, so
// many times and with that pause before each, or until the test is done.
func (s *Server) KillLeaders(t testing.TB, pause time.Duration, times int, done chan struct{}) {
	t.Helper()
	for range times {
		select {
		case <-done:
			return
		case <-time.After(pause):
		}
		n := s.Leader(t)
		began := time.Now()
		n.Kill()
		s.Leader(t)
		t.Logf("%s was killed; another leads after %s", n.URL, time.Since(began).Round(10*time.Millisecond))
		s.Start(t, n)
		s.Unseal(t, n)
		s.wait(t, n, http.StatusOK, http.StatusTooManyRequests)
	}
}
