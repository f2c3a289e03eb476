package curl

import (
	"context"
	"slices"
	"strings"

	clean "authctl/internal/shown" // shown is this room's own cut
)

// hidden stands for a value that a bug report must not show.
const hidden = "[hidden]"

// Print is the command line that Run would run, one a request, for a person:
// what could be a secret is hidden, the profile's and the user's own.
func (j Job) Print() (string, error) {
	all, err := j.plan(context.Background(), false) // pipes are not read, so it waits for nothing
	if err != nil {
		return "", err
	}
	var b strings.Builder
	configFile := descriptorName(findPlaces(userDescriptors(), all).config)
	where := configFile
	if j.ByStdin {
		configFile, where = "-", "stdin"
	}
	for _, t := range all {
		words := []string{"curl"}
		shownOptions := t
		shownOptions.options, shownOptions.unknown = nil, nil
		for _, a := range t.options {
			shownOptions.options = append(shownOptions.options, redact(a))
		}
		for _, a := range t.unknown { // anything may be a secret
			shownOptions.unknown = append(shownOptions.unknown, arg{a.name, hidden, a.has})
		}
		for _, w := range shownOptions.argv(j.printed(configFile, t)) {
			words = append(words, quote(clean.Whole(w)))
		}
		b.WriteString(strings.Join(words, " ") + "\n")
		b.WriteString("# " + where + ":\n")
		b.WriteString("#   header = \"Authorization: " + j.Scheme + " " + hidden + "\"\n")
		names := slices.Clone(j.HeaderNames)
		if j.Prover != nil {
			names = append(names, "DPoP")
		}
		for _, n := range names {
			if !t.sets(n) {
				b.WriteString("#   header = \"" + n + ": " + hidden + "\"\n")
			}
		}
		for _, a := range t.fromFiles {
			name, _, _ := strings.Cut(a.value, ":")
			b.WriteString("#   " + a.name + " = \"" + clean.Whole(name) + ": " + hidden + "\"\n")
		}
		for _, c := range [][2]string{{"cacert", j.Certificates.CA}, {"cert", j.Certificates.Certificate}, {"key", j.Certificates.Key}} {
			if c[1] != "" {
				b.WriteString("#   " + c[0] + " = \"" + clean.Whole(c[1]) + "\"\n")
			}
		}
	}
	return b.String(), nil
}

// printed is what Run adds to t, but for what it reads the answer's head from.
func (j Job) printed(configFile string, t transfer) extras {
	x := extras{config: configFile, dpop: j.Prover != nil}
	if j.ByStdin {
		x.dump = t.dump
	}
	return x
}

// redact hides the values in which users hand over secrets.
func redact(a arg) arg {
	switch a.name {
	case "header", "proxy-header":
		name, value, ok := strings.Cut(a.value, ":")
		harmless := []string{"accept", "content-type", "accept-language", "accept-encoding", "user-agent", "cache-control"}
		if ok && value != "" && !slices.Contains(harmless, strings.ToLower(name)) {
			a.value = name + ": " + hidden
		}
	case "data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json", "form", "form-string", "url-query":
		if !strings.HasPrefix(a.value, "@") {
			a.value = hidden
		}
	case "user", "proxy-user", "oauth2-bearer", "pass", "proxy-pass", "tlspassword", "proxy-tlspassword", "cookie",
		"aws-sigv4", "proxy", "preproxy", "proxy1.0", "socks4", "socks4a", "socks5", "socks5-hostname", "cert", "proxy-cert", "referer":
		a.value = hidden
	}
	return a
}

// quote writes a word as a POSIX shell reads it.
func quote(w string) string {
	plain := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_./:@%+=,", r)
	}
	if w != "" && !strings.ContainsFunc(w, func(r rune) bool { return !plain(r) }) {
		return w
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}
