package main

import (
	"regexp"
	"strings"
)

// versionFor spells a semantic version in the packager's own way, so that what comes before a
// release sorts before it. Of a commit without a tag Go's stamp is TIME-COMMIT: gitTIME here.
func versionFor(packager, version string) string {
	version, _, _ = strings.Cut(version, "+") // +dirty
	number, before, ok := strings.Cut(version, "-")
	if !ok {
		return number
	}
	pseudo := regexp.MustCompile(`(?:^|\.)(\d{14})-[0-9a-f]{12}$`)
	if m := pseudo.FindStringSubmatch(before); m != nil {
		before = "git" + m[1]
	}
	switch packager {
	case "apk": // 1.2.3_rc1: apk knows alpha, beta, pre, rc before and git after a release
		before = strings.NewReplacer(".", "", "-", "").Replace(before)
		if strings.HasPrefix(before, "git") {
			before = "pre_" + before
		}
		return number + "_" + before
	case "archlinux": // vercmp: 1.2.3rc1 is older than 1.2.3
		return number + strings.NewReplacer(".", "", "-", "").Replace(before)
	default: // deb and rpm: ~ sorts before the end
		return number + "~" + strings.ReplaceAll(before, "-", ".")
	}
}
