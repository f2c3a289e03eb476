package curl

import (
	"os"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/render"
)

// userHeaders are the user's own -H by their names in lower case, also those
// of a file; what comes from a pipe can be read once, so that is left to curl.
func (t transfer) userHeaders() map[string]string {
	headers := map[string]string{}
	for _, a := range t.options {
		if a.name != "header" {
			continue
		}
		for _, line := range headerLines(a.value) {
			name, value := line, ""
			if i := strings.IndexAny(line, ":;"); i >= 0 {
				name, value = line[:i], line[i+1:]
			}
			headers[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
		}
	}
	return headers
}

func headerLines(value string) []string {
	path, ok := strings.CutPrefix(value, "@")
	if !ok {
		return []string{value}
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	return strings.Split(string(beginning(path)), "\n")
}

// checkHeaders refuses what would be sent beside the profile's own: a server
// that gets two Authorization headers may take either.
func (t transfer) checkHeaders() error {
	headers := t.userHeaders()
	for _, own := range []string{"Authorization", "DPoP"} {
		if _, is := headers[strings.ToLower(own)]; is {
			return fault.New(fault.Usage, "-H %s: is what authctl curl itself sends", own).
				Hint("leave it out, or use curl without authctl")
		}
	}
	for _, a := range t.options {
		if a.name == "header" && strings.ContainsAny(strings.TrimRight(a.value, "\r\n"), "\r\n") {
			return fault.New(fault.Usage, "a header of -H has a line break, so a server would see two")
		}
	}
	return nil
}

// checkHost: of the hosts behind one address, the Host header chooses one.
func (t transfer) checkHost(at target) error {
	host := t.userHeaders()["host"]
	if host == "" {
		return nil
	}
	scheme, _, _ := strings.Cut(t.url, ":")
	if p, err := readPlace(scheme, host); err == nil && at.listed(p) {
		return nil
	}
	return fault.New(fault.Usage, "-H Host: %s is not one of the profile's api.hosts (%s)", shown(host), strings.Join(at.hosts, ", ")).
		Hint("add it to api.hosts if the token is meant for it, or put --allow-unsafe-curl before the --")
}

// without leaves out the profile's headers that the user sets or, with
// `-H Name:`, takes away: as in curl, -H has the last word.
func (t transfer) without(headers []render.Header) []render.Header {
	own := t.userHeaders()
	var kept []render.Header
	for _, h := range headers {
		if _, is := own[strings.ToLower(h.Name)]; !is {
			kept = append(kept, h)
		}
	}
	return kept
}
