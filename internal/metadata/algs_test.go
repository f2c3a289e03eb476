package metadata

import (
	"slices"
	"testing"
)

// The list informs: one that is no list is as good as none, and costs no endpoint.
func TestIDTokenAlgs(t *testing.T) {
	for name, c := range map[string]struct {
		value any
		want  []string
	}{
		"published": {[]string{"RS256", "ES256"}, []string{"RS256", "ES256"}},
		"absent":    {nil, nil},
		"a text":    {"RS256", nil},
		"numbers":   {[]int{1}, nil},
	} {
		d := &documents{bodies: map[string]string{wellKnownURL: document(map[string]any{"id_token_signing_alg_values_supported": c.value})}}
		s := &Source{HTTP: d}
		if got := s.IDTokenAlgs(t.Context(), found()); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", name, got)
		}
		if e, err := s.Resolve(t.Context(), found(), NeedJWKS); err != nil || e.JWKS == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := found()
	p.JWKSURL = "https://as.example/jwks"
	d := &documents{}
	if got := (&Source{HTTP: d}).IDTokenAlgs(t.Context(), p); got != nil || len(d.asked) != 0 {
		t.Errorf("no discovery was needed, and %q was asked for %q", d.asked, got)
	}
}
