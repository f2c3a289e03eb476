//go:build e2e

package cxf

import (
	"strings"
	"testing"
)

// TestCXFRefuses: what CXF refuses ends with its code and its reason in one line, and
// nothing is kept of it.
func TestCXFRefuses(t *testing.T) {
	s := start(t, newPKI(t))
	codes := map[string]string{
		"service": "RequestFailed", "stranger": "SecurityError", "no-claims": "InvalidRequest",
		"stranger11": "SecurityError", "service11": "RequestFailed",
	}
	stranger := newPKI(t).File("client")
	authctl := s.authctl(t, []asks{
		{Name: "service", AppliesTo: appliesTo + "0"},
		{Name: "stranger", Client: stranger},
		{Name: "no-claims", Claim: "none"},
		{Name: "service11", Endpoint: "soap11", AppliesTo: appliesTo + "0"},
		{Name: "stranger11", Endpoint: "soap11", Client: stranger},
	})
	for name, code := range codes {
		t.Run(name, func(t *testing.T) {
			r := authctl.Run(t, "", "sts", "-p", name)
			if r.Code != 4 || r.Stdout != "" || !strings.Contains(r.Stderr, code+": ") {
				t.Errorf("exit %d, want 4 with %s: %q %s", r.Code, code, r.Stdout, r.Stderr)
			}
			if strings.Count(r.Stderr, "\n") != 2 || strings.Contains(r.Stderr, "Exception") || strings.Contains(r.Stderr, "org.apache") {
				t.Errorf("not a line and a hint: %s", r.Stderr)
			}
		})
	}
	if r := authctl.Run(t, "", "status"); r.Code != 8 || r.Stdout != "" {
		t.Errorf("something is kept: exit %d %s", r.Code, r.Stdout)
	}
}
