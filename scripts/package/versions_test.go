package main

import "testing"

// A version that comes before a release sorts before it with each packager.
func TestVersionFor(t *testing.T) {
	const commit = "0.0.0-20261126202649-55c25c92c260"
	for _, c := range []struct{ packager, version, want string }{
		{"deb", "1.2.3", "1.2.3"},
		{"deb", "1.2.3-rc.1", "1.2.3~rc.1"},
		{"rpm", commit, "0.0.0~git20261126202649"},
		{"rpm", "1.2.4-0.20261126202649-55c25c92c260+dirty", "1.2.4~git20261126202649"},
		{"apk", "1.2.3-rc.1", "1.2.3_rc1"},
		{"apk", commit, "0.0.0_pre_git20261126202649"},
		{"archlinux", "1.2.3-rc.1", "1.2.3rc1"},
		{"archlinux", commit, "0.0.0git20261126202649"},
	} {
		if got := versionFor(c.packager, c.version); got != c.want {
			t.Errorf("%s of %s: %s, want %s", c.packager, c.version, got, c.want)
		}
	}
}
