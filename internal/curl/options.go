package curl

import (
	"strings"

	"authctl/internal/fault"
)

// class is what becomes of an option.
type class int

const (
	plain      class = iota // passed on
	dropped                 // has no meaning for one request at a time
	structural              // says which requests there are
	refused                 // needs --allow-unsafe-curl
	never                   // refused even then
)

// option is one of curl's, by its full name.
type option struct {
	name  string
	value bool // takes an argument
	lines bool // which may have several lines: it is a body, or for the user to read
	class class
	why   string // refused, never: what it would do
	hint  string // never: what to do instead
}

// refusal is nil for an option that may be there.
func (o option) refusal(unsafe bool) error {
	switch {
	case o.class == never:
		return fault.New(fault.Usage, "curl's --%s %s", o.name, o.why).Hint("%s", o.hint)
	case o.class != refused || unsafe:
		return nil
	}
	return fault.New(fault.Usage, "curl's --%s %s", o.name, o.why).
		Hint("--allow-unsafe-curl before the -- lets it through")
}

// block is a list of options that are treated alike.
type block struct {
	class  class
	why    string
	hint   string
	flags  string // without an argument
	values string // with one, which may reach a request line or a header
	lines  string // with one that reaches neither, and may have several lines
}

// blocks is curl(1), versions 7.68 to 8.22, as testdata/curl-options.txt lists
// it, and what no longer stands there. An option that is not here is
// refused like the refused ones: what it does is not known.
func blocks() []block {
	return []block{
		{class: structural, flags: "remote-name out-null", values: "url output upload-file"},
		{class: dropped, flags: "disable parallel parallel-immediate globoff", values: "parallel-max parallel-max-host rate"},
		{
			class: never, why: "would begin another request with options of its own", flags: "next",
			hint: "run authctl curl once for each",
		},
		{
			class: plain,
			flags: `alpn buffer ca-native cert-status clobber compressed create-dirs crlf disallow-username-in-url
				fail fail-early fail-with-body false-start follow form-escape get head http0.9 http1.0 http1.1 http2
				http2-prior-knowledge http3 http3-only ignore-content-length include ipv4 ipv6 junk-session-cookies
				keepalive location mptcp npn path-as-is post301 post302 post303 progress-bar progress-meter raw
				remote-header-name remote-name-all remote-time remove-on-error retry-all-errors
				retry-connrefused sessionid show-error silent skip-existing ssl ssl-auto-client-cert ssl-reqd
				styled-output suppress-connect-headers tcp-fastopen tcp-nodelay tlsv1 tlsv1.0 tlsv1.1 tlsv1.2
				tlsv1.3 tr-encoding trace-ids trace-time use-ascii xattr`,
			values: `cacert capath cert cert-type connect-timeout continue-at cookie cookie-jar create-file-mode
				crlfile curves dump-header etag-compare etag-save expect100-timeout happy-eyeballs-timeout-ms
				header hsts interface ip-tos keepalive-cnt keepalive-time key key-type limit-rate local-port
				max-filesize max-redirs max-time noproxy output-dir pass pinnedpubkey proto proto-default range
				referer request retry retry-delay retry-max-time sigalgs speed-limit speed-time stderr time-cond
				tls-max upload-flags url-query user-agent vlan-priority`,
			lines: "data data-ascii data-binary data-raw data-urlencode form form-string json write-out",
		},
		{
			class: refused, why: "could send the secrets through another host",
			flags: `haproxy-protocol proxy-anyauth proxy-basic proxy-ca-native proxy-digest proxy-http2 proxy-http3
				proxy-insecure proxy-negotiate proxy-ntlm proxy-ssl-allow-beast proxy-ssl-auto-client-cert
				proxy-tlsv1 proxytunnel socks5-basic socks5-gssapi socks5-gssapi-nec`,
			values: `haproxy-clientip preproxy proxy proxy-cacert proxy-capath proxy-cert proxy-cert-type
				proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey
				proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser
				proxy-user proxy1.0 socks4 socks4a socks5 socks5-gssapi-service socks5-hostname`,
		},
		{
			class: refused, why: "could send the secrets to another host than the URL names",
			flags: "doh-cert-status doh-insecure location-trusted",
			values: `abstract-unix-socket alt-svc connect-to dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers
				doh-url ipfs-gateway proto-redir request-target resolve unix-socket`,
		},
		{
			class: refused, why: "could print or store the secrets",
			flags: "verbose", values: "libcurl ssl-sessions trace trace-ascii trace-config",
		},
		{
			class: refused, why: "takes away what protects the connection",
			flags: "insecure ssl-allow-beast ssl-no-revoke ssl-revoke-best-effort sslv2 sslv3 tls-earlydata",
			values: `ciphers ech engine egd-file random-file tls13-ciphers tlsauthtype tlspassword
				tlsuser`,
		},
		{
			class: refused, why: "brings other credentials than the profile's",
			flags: "anyauth basic digest negotiate netrc netrc-optional ntlm ntlm-wb",
			values: `aws-sigv4 delegation httpsig-algo httpsig-headers httpsig-key httpsig-keyid login-options
				netrc-file oauth2-bearer sasl-authzid service-name user`,
		},
		{
			class: never, why: "brings options and URLs that authctl does not see", values: "config",
			hint: "write them in the command line",
		},
		{
			class: never, why: "hides what is sent, and where, from authctl", values: "variable",
			hint: `let the shell put the value in: "$NAME"`,
		},
		{
			class: never, why: "calls URLs that only the answer names", flags: "metalink",
			hint: "call them one after the other",
		},
		{
			class: never, why: "is not about an API request", flags: "manual version", values: "help",
			hint: "ask curl itself, without authctl",
		},
		{
			class: refused, why: "is not about an API request",
			flags: `append compressed-ssh disable-eprt disable-epsv dump-ca-embed eprt epsv ftp-create-dirs ftp-pasv
				ftp-pret ftp-skip-pasv-ip ftp-ssl ftp-ssl-ccc ftp-ssl-control ftp-ssl-reqd list-only
				mail-rcpt-allowfails sasl-ir test-duphandle test-event tftp-no-options wdebug`,
			values: `ftp-account ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode hostpubmd5
				hostpubsha256 knownhosts krb krb4 mail-auth mail-from mail-rcpt pubkey quote telnet-option
				tftp-blksize`,
		},
	}
}

// names are all that stand in the block.
func (b block) names() []string { return strings.Fields(b.flags + " " + b.values + " " + b.lines) }

// table is every known option by its full name.
func table() map[string]option {
	all := map[string]option{}
	for _, b := range blocks() {
		for _, name := range strings.Fields(b.flags) {
			all[name] = option{name: name, class: b.class, why: b.why, hint: b.hint}
		}
		for _, name := range strings.Fields(b.values) {
			all[name] = option{name, true, false, b.class, b.why, b.hint}
		}
		for _, name := range strings.Fields(b.lines) {
			all[name] = option{name, true, true, b.class, b.why, b.hint}
		}
	}
	return all
}

// otherNames are later names of options, by the one that works everywhere.
func otherNames() map[string]string { return map[string]string{"show-headers": "include"} } // 8.10

// shortNames maps a letter to the full name; -N stands for --no-buffer.
func shortNames() map[byte]string {
	return map[byte]string{
		'#': "progress-bar", ':': "next", '0': "http1.0", '1': "tlsv1", '2': "sslv2", '3': "sslv3",
		'4': "ipv4", '6': "ipv6", 'a': "append", 'A': "user-agent", 'b': "cookie", 'B': "use-ascii",
		'c': "cookie-jar", 'C': "continue-at", 'd': "data", 'D': "dump-header", 'e': "referer", 'E': "cert",
		'f': "fail", 'F': "form", 'g': "globoff", 'G': "get", 'h': "help", 'H': "header", 'i': "include",
		'I': "head", 'j': "junk-session-cookies", 'J': "remote-header-name", 'k': "insecure", 'K': "config",
		'l': "list-only", 'L': "location", 'm': "max-time", 'M': "manual", 'n': "netrc", 'N': "no-buffer",
		'o': "output", 'O': "remote-name", 'p': "proxytunnel", 'P': "ftp-port", 'q': "disable", 'Q': "quote",
		'r': "range", 'R': "remote-time", 's': "silent", 'S': "show-error", 't': "telnet-option",
		'T': "upload-file", 'u': "user", 'U': "proxy-user", 'v': "verbose", 'V': "version", 'w': "write-out",
		'x': "proxy", 'X': "request", 'y': "speed-time", 'Y': "speed-limit", 'z': "time-cond", 'Z': "parallel",
	}
}
