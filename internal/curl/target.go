package curl

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"authctl/internal/fault"
)

// target is where the profile's secrets may go.
type target struct {
	hosts        []string // host or host:port
	base         string   // what a path is joined to; "" means https://<first host>
	insecureHTTP bool     // http beyond loopback was asked for
}

// place is the part of a URL that decides who gets the request.
type place struct {
	scheme, host string // lower case, no trailing dot, IPv6 without brackets
	port         int
}

// resolve turns what the user typed (a URL, host/path, or /path) into the one
// URL that curl gets, written anew. Anything that another URL parser could
// read as another host is refused, not repaired.
func (t target) resolve(typed string) (string, error) {
	if len(t.hosts) == 0 {
		return "", fault.New(fault.Config, "api.hosts is empty: there is no host that may get the token").
			Hint("api: {hosts: [api.example.org]} in the profile names them")
	}
	if i := strings.IndexFunc(typed, func(r rune) bool { return r < ' ' || r == 0x7f }); i >= 0 {
		return "", fault.New(fault.Usage, "the URL has a control character")
	}
	if strings.HasPrefix(typed, "@") {
		return "", fault.New(fault.Usage, "curl's --url @FILE brings URLs that authctl does not see").Hint("write them in the command line")
	}
	if typed == "" {
		return "", fault.New(fault.Usage, "the URL is empty")
	}
	scheme, rest, err := t.split(typed)
	if err != nil {
		return "", err
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	p, err := readPlace(scheme, rest[:end])
	if err != nil {
		return "", err
	}
	if err := t.allows(p); err != nil {
		return "", err
	}
	path := rest[end:]
	if !strings.HasPrefix(path, "/") {
		// Not only for looks: curl before 7.51 took host#@other for other.
		path = "/" + path
	}
	return p.String() + path, nil
}

// split finds the scheme. curl guesses http for host/path; here it is https,
// or what api.base_url says for its own host.
func (t target) split(typed string) (scheme, rest string, err error) {
	base := t.base
	if base == "" {
		base = "https://" + t.hosts[0]
	}
	if strings.HasPrefix(typed, "/") {
		typed = strings.TrimRight(base, "/") + typed
	}
	head := typed
	if i := strings.IndexAny(typed, "/?#"); i >= 0 {
		head = typed[:i]
	}
	before, after, found := strings.Cut(typed, "://")
	switch {
	case found && before+":" == head:
		return strings.ToLower(before), after, nil
	case strings.HasSuffix(head, ":"):
		return "", "", fault.New(fault.Usage, "%q is no complete URL", shown(typed)).Hint("write https://host/path, or /path alone")
	default:
		baseScheme, baseRest, _ := strings.Cut(base, "://")
		if host, _, _ := strings.Cut(baseRest, "/"); strings.EqualFold(host, head) {
			return strings.ToLower(baseScheme), typed, nil
		}
		return "https", typed, nil
	}
}

// readPlace accepts host[:port] in letters, digits, dots and dashes, or an
// address; no user:password@, no %, no backslash, no other script.
func readPlace(scheme, authority string) (place, error) {
	p := place{scheme: scheme, port: map[string]int{"https": 443, "http": 80}[scheme]}
	if p.port == 0 {
		return place{}, fault.New(fault.Usage, "the scheme %q is not https", shown(scheme))
	}
	if i := strings.LastIndexByte(authority, '@'); i > 0 {
		// What stands before the @ may be a password, so it is not shown.
		return place{}, fault.New(fault.Usage, "the URL has a user name before its host %q", shown(authority[i+1:])).
			Hint("leave it out: the profile says how authctl authenticates")
	}
	bad := fault.New(fault.Usage, "%q is no host that authctl would send a token to", shown(authority)).
		Hint("write it as plain host or host:port, an international name as xn--...")
	var host, port string
	if strings.HasPrefix(authority, "[") {
		var ok bool
		if host, port, ok = strings.Cut(authority[1:], "]"); !ok || port != "" && port[0] != ':' {
			return place{}, bad
		}
		a, err := netip.ParseAddr(host)
		if err != nil || !a.Is6() || a.Zone() != "" {
			return place{}, bad
		}
		host, port = a.String(), strings.TrimPrefix(port, ":")
	} else {
		host, port, _ = strings.Cut(authority, ":")
		host = strings.ToLower(strings.TrimSuffix(host, "."))
		if host == "" || strings.ContainsFunc(host, notHost) {
			return place{}, bad
		}
	}
	p.host = host
	if port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return place{}, bad
		}
		p.port = int(n)
	}
	return p, nil
}

func notHost(r rune) bool {
	return ('a' > r || r > 'z') && ('0' > r || r > '9') && r != '.' && r != '-' && r != '_'
}

func (t target) allows(p place) error {
	if !t.listed(p) {
		return fault.New(fault.Usage, "%s is not one of the profile's api.hosts (%s)", p.authority(), strings.Join(t.hosts, ", ")).
			Hint("add it to api.hosts if the token is meant for it")
	}
	if p.scheme == "http" && !p.loopback() && !t.insecureHTTP {
		return fault.New(fault.Usage, "http would send the token readable to everyone on the way to %s", p.authority()).
			Hint("use https, or set insecure_http: true in the profile")
	}
	return nil
}

// listed compares host and port; an entry without a port means the scheme's own.
func (t target) listed(p place) bool {
	for _, entry := range t.hosts {
		if a, err := netip.ParseAddr(entry); err == nil && a.Is6() {
			entry = "[" + entry + "]"
		}
		if e, err := readPlace(p.scheme, entry); err == nil && e == p {
			return true
		}
	}
	return false
}

func (p place) loopback() bool {
	a, err := netip.ParseAddr(p.host)
	return p.host == "localhost" || err == nil && a.IsLoopback()
}

// authority is host or host:port, the scheme's own port left out.
func (p place) authority() string {
	if p.port == map[string]int{"https": 443, "http": 80}[p.scheme] {
		if strings.Contains(p.host, ":") {
			return "[" + p.host + "]"
		}
		return p.host
	}
	return net.JoinHostPort(p.host, strconv.Itoa(p.port))
}

func (p place) String() string { return p.scheme + "://" + p.authority() }

// shown cuts what a user typed for a message.
func shown(s string) string {
	if len(s) > 60 {
		return s[:60] + "..."
	}
	return s
}
