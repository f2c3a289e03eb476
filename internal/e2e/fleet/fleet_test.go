//go:build e2e

package fleet

import (
	"testing"
	"time"

	"authctl/internal/e2e/openbao"
	"authctl/internal/e2e/program"
)

const (
	machines = 20
	rounds   = 5
)

func TestOneRequestForAFleetOnOpenBao(t *testing.T) {
	s := openbao.Dev(t)
	serve(t, vault(s, s.Nodes[0].URL))
}

func TestOneRequestForAFleetOnACluster(t *testing.T) {
	s := openbao.Cluster(t)
	serve(t, vault(s, s.URLs()...))
}

func TestOneRequestForAFleetOnKubernetes(t *testing.T) {
	serve(t, cluster(t))
}

// serve has each machine ask at once, for a session whose refresh token the
// provider replaces at each use: one request a round, and one token for all.
func serve(t *testing.T, on store) {
	t.Helper()
	p := newProvider(t, 50*time.Millisecond)
	all := []*program.Authctl{p.machine(t, program.Released(t), on)}
	for len(all) < machines {
		all = append(all, all[0].Another(t))
	}
	p.begin(t, all[0])
	for r := 1; r <= rounds; r++ {
		began := time.Now()
		p.oneFor(t, all, p.round(t, r))
		t.Logf("round %d: %d machines, one request, %s", r, machines, time.Since(began).Round(10*time.Millisecond))
	}
	if r := all[1].Run(t, "", "doctor", "-p", "klg"); r.Code != 0 {
		t.Errorf("doctor: exit %d\n%s%s", r.Code, r.Stdout, r.Stderr)
	}
}
