package token

import (
	"testing"
	"time"

	"authctl/internal/secret"
)

func TestFreshFor(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	for name, c := range map[string]struct {
		set  Set
		ttl  time.Duration
		want bool
	}{
		"long":            {Set{AccessToken: secret.New("a"), ExpiresAt: now.Add(time.Hour)}, time.Minute, true},
		"exactly the ttl": {Set{AccessToken: secret.New("a"), ExpiresAt: now.Add(time.Minute)}, time.Minute, false},
		"expired":         {Set{AccessToken: secret.New("a"), ExpiresAt: now.Add(-time.Second)}, 0, false},
		"no expiry":       {Set{AccessToken: secret.New("a")}, 0, false},
		"no expiry, kept": {Set{AccessToken: secret.New("a"), KeepUntil: now.Add(time.Hour)}, 0, true},
		"0 seconds, kept": {Set{AccessToken: secret.New("a"), ObtainedAt: now, ExpiresAt: now, KeepUntil: now.Add(time.Hour)}, 0, false},
		"clock went back": {Set{AccessToken: secret.New("a"), ObtainedAt: now.Add(time.Hour), ExpiresAt: now.Add(2 * time.Hour)}, 0, false},
		"a little ahead":  {Set{AccessToken: secret.New("a"), ObtainedAt: now.Add(30 * time.Second), ExpiresAt: now.Add(time.Hour)}, 0, true},
		"no token":        {Set{ExpiresAt: now.Add(time.Hour)}, 0, false},
	} {
		if got := c.set.FreshFor(c.ttl, now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A lifetime that was not said and one of 0 seconds are two things.
func TestExpiry(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	for name, c := range map[string]struct {
		set    Set
		said   bool
		usable time.Time
	}{
		"not said":       {Set{ObtainedAt: now}, false, time.Time{}},
		"not said, kept": {Set{ObtainedAt: now, KeepUntil: now.Add(time.Hour)}, false, now.Add(time.Hour)},
		"0 seconds":      {Set{ObtainedAt: now, ExpiresAt: now}, true, now},
		"an hour":        {Set{ObtainedAt: now, ExpiresAt: now.Add(time.Hour)}, true, now.Add(time.Hour)},
	} {
		if _, said := c.set.Expiry(); said != c.said {
			t.Errorf("%s: said %v", name, said)
		}
		if got := c.set.UsableUntil(); !got.Equal(c.usable) {
			t.Errorf("%s: usable until %v", name, got)
		}
	}
}

func TestIsB64Token(t *testing.T) {
	for in, want := range map[string]bool{
		"abcXYZ019-._~+/": true, "abc==": true, "a": true,
		"": false, "=": false, "a=b": false, "a b": false, "a\nb": false, "a'b": false, "a\"b": false, "a$b": false, "a;b": false,
		"å": false, "a\x00": false, "a\r\nX: y": false, "$(x)": false, "`x`": false,
	} {
		if got := IsB64Token(in); got != want {
			t.Errorf("IsB64Token(%q) = %v", in, got)
		}
	}
}

func TestIsText(t *testing.T) {
	for in, want := range map[string]bool{
		"abc": true, "a b~!": true, "\xff\xfee\x00y\x00": false, "a\nb": false, "a\tb": false, "a\x7f": false, "å": false, "\xef\xbb\xbfa": false, "": false,
	} {
		if got := IsText(in); got != want {
			t.Errorf("IsText(%q) = %v", in, got)
		}
	}
}
