//go:build e2e

package cxf

import (
	"strings"
	"testing"
)

// TestCXFRefuses: what CXF refuses ends with its code and its reason in one line, and
// nothing is kept: the same is refused again.
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
			for range 2 {
				r := authctl.Run(t, "", "sts", "-p", name)
				if r.Code != 4 || r.Stdout != "" || !strings.Contains(r.Stderr, code) {
					t.Errorf("exit %d, want 4 with %s: %q %s", r.Code, code, r.Stdout, r.Stderr)
				}
				for line := range strings.Lines(r.Stderr) {
					if strings.Contains(line, "Exception") || strings.Contains(line, "org.apache") || len(line) > 600 {
						t.Errorf("more than code and reason: %s", line)
					}
				}
				if n := strings.Count(r.Stderr, "\n"); n > 3 {
					t.Errorf("%d lines: %s", n, r.Stderr)
				}
			}
		})
	}
}
