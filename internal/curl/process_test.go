package curl

import (
	"os"
	"strings"
	"testing"
)

// Without another environment curl gets authctl's own, but for what it must not see.
func TestCurlGetsTheUsersEnvironment(t *testing.T) {
	t.Setenv("USERS_OWN", "yes")
	t.Setenv("AUTHCTL_SECRET_A_B", "no")
	t.Setenv("PROFILES_SECRET", "no")
	var out strings.Builder
	p := process{program: "/usr/bin/env", in: nil, out: &out, err: os.Stderr, hidden: []string{"PROFILES_SECRET"}}
	if _, err := os.Stat(p.program); err != nil {
		t.Skip("there is no env here")
	}
	if code, err := p.run(t.Context()); code != 0 || err != nil {
		t.Fatalf("%d %v", code, err)
	}
	if got := out.String(); !strings.Contains(got, "USERS_OWN=yes\n") || strings.Contains(got, "SECRET") {
		t.Errorf("%s", got)
	}
}
