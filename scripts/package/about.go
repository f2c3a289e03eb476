package main

import "strings"

// What every package says of the program. The owner sets it before the first
// release; docs/releasing.md tells how.
const (
	name       = "authctl"
	summary    = "OAuth 2 and OpenID Connect tokens for scripts, CI jobs and people"
	publisher  = "authctl maintainers"
	maintainer = "authctl maintainers <maintainers@authctl.invalid>"
	homepage   = "https://authctl.invalid"
	// downloads is where the files of dist/ are put; VERSION is replaced.
	downloads = homepage + "/releases/VERSION"
	// licence is an SPDX expression; LicenseRef- is one for a text that SPDX does not list.
	licence = "LicenseRef-authctl-not-chosen"
)

const description = `authctl gets OAuth 2 and OpenID Connect tokens for named profiles and prints
them for scripts, CI jobs and people. Secrets stay in the keyring of the
system; a token is fetched once and kept, sealed, until it expires.`

// url is where a file of dist/ can be fetched once it is published.
func (r *release) url(file string) string {
	return strings.ReplaceAll(downloads, "VERSION", r.version) + "/" + strings.ReplaceAll(file, "+", "%2B")
}
