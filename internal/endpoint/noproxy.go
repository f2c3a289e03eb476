package endpoint

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// bypassed is true where a request to target goes past every proxy: it is this
// machine, or list, the value of NO_PROXY, has it. The rules are those of
// golang.org/x/net/http/httpproxy, to which a test holds it; that package would
// bring a second copy of the tables of international names, 140 KB. Such a name
// is excepted only as it is written in the URL.
func bypassed(target *url.URL, list string) bool {
	to := destination{host: strings.ToLower(target.Hostname()), port: target.Port()}
	if to.port == "" {
		to.port = map[string]string{"http": "80", "https": "443"}[target.Scheme]
	}
	if ip, err := netip.ParseAddr(to.host); err == nil {
		to.ip = net.IP(ip.AsSlice())
	}
	if to.host == "localhost" || to.ip.IsLoopback() {
		return true
	}
	for entry := range strings.SplitSeq(strings.ToLower(list), ",") {
		if to.in(strings.TrimSpace(entry)) {
			return true
		}
	}
	return false
}

type destination struct {
	host, port string
	ip         net.IP // nil: host is a name
}

// in is true for *, a network, an address or a name, the last two perhaps with a
// port; a name excepts all below it too, and with a dot or *. in front these alone.
func (to destination) in(entry string) bool {
	if entry == "*" {
		return true
	}
	if _, network, err := net.ParseCIDR(entry); err == nil {
		return to.ip != nil && network.Contains(to.ip)
	}
	host, port, err := net.SplitHostPort(entry)
	if err != nil {
		host, port = entry, ""
	}
	if host == "" || port != "" && port != to.port {
		return false
	}
	if ip := net.ParseIP(host); ip != nil || to.ip != nil {
		return ip.Equal(to.ip)
	}
	if strings.HasPrefix(host, "*.") {
		host = host[1:]
	}
	if strings.HasPrefix(host, ".") {
		return strings.HasSuffix(to.host, host)
	}
	return to.host == host || strings.HasSuffix(to.host, "."+host)
}
