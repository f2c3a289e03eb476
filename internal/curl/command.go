package curl

import "strings"

// extras is what authctl adds to the user's options for one run.
type extras struct {
	config   string // where curl reads the secrets from
	dump     string // where curl writes response headers, "" for nowhere
	hold     bool   // stdout is a pipe of ours that may be thrown away
	fails    bool   // the gate does what -f does
	terminal bool   // the user's stdout is a terminal
	dpop     bool
}

// argv is the command line after the program's name. -q comes first: then
// curl reads no ~/.curlrc. Everything is a full option name, so that no
// version of curl can read it differently.
func (t transfer) argv(x extras) []string {
	out := []string{"-q", "--config", x.config}
	proxied := false
	for _, a := range t.options {
		name := a.name
		if name == "fail" && x.fails {
			continue
		}
		proxied = proxied || isProxy(a.name)
		out = append(out, "--"+name)
		if a.has {
			out = append(out, a.value)
		}
	}
	if x.dump != "" {
		// The answer to CONNECT is the proxy's, not the API's.
		out = append(out, "--suppress-connect-headers", "--dump-header", x.dump)
	}
	if x.hold && x.terminal {
		// What curl does by itself when it writes to a terminal.
		out = append(out, "--no-buffer")
		if !has(t.options, "progress-bar") {
			out = append(out, "--no-progress-meter")
		}
	}
	if x.dpop {
		out = append(out, "--path-as-is") // the proof names the path as it is here
	}
	if t.follows {
		out = append(out, "--proto-redir", t.redirectProtocols())
	}
	if strings.HasPrefix(t.url, "http:") && !proxied {
		// A proxy from the environment would read a plain request.
		out = append(out, "--noproxy", "*")
	}
	out = append(out, "--globoff")
	// What is not known may take the next word for its value: then --url is
	// that, and what follows is still the URL.
	for _, a := range t.unknown {
		word := "--" + a.name
		if a.has {
			word += "=" + a.value
		}
		out = append(out, word)
	}
	return append(out, "--url", t.url)
}

// redirectProtocols: a redirect never steps down from https.
func (t transfer) redirectProtocols() string {
	if strings.HasPrefix(t.url, "http:") {
		return "=http,https"
	}
	return "=https"
}

// gateCanFail says whether the gate can do what -f does: the body of a 401 says
// whether a new token helps, and is dropped afterwards. What -i and -w print
// into the same stream must stay, and --retry-all-errors must see the failure:
// then curl does it, and the body is not known.
func (t transfer) gateCanFail() bool {
	_, prints := last(t.options, "write-out")
	return t.fails && !t.toFile && !prints && !has(t.options, "include") && !has(t.options, "head") &&
		!has(t.options, "retry-all-errors") && !has(t.options, "fail-with-body")
}

func isProxy(name string) bool {
	return name != "noproxy" && strings.Contains(name, "proxy") || strings.HasPrefix(name, "socks")
}
