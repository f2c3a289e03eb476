package endpoint

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"authctl/internal/shown"
)

// Proxy is a proxy that a variable of the environment names.
type Proxy struct {
	Variable    string
	Host        string // host:port as it was written, without credentials
	Credentials bool   // the variable has some

	url *url.URL
}

// String names it for a person, without its credentials.
func (p *Proxy) String() string { return "the proxy " + shown.Clean(p.Host) + " (" + p.Variable + ")" }

// ProxyError is a variable that names no proxy, or a proxy that did not
// connect. Variable and text hold no credentials.
type ProxyError struct {
	Variable string // of one that cannot be used
	Why, Fix string // of the same

	Status  int      // that the proxy answered, 0 for none
	Schemes []string // that its Proxy-Authenticate offers (RFC 9110 11.7.1)
}

func (e *ProxyError) Error() string {
	if e.Status != 0 {
		return "the proxy answered HTTP " + strconv.Itoa(e.Status) + " " + http.StatusText(e.Status)
	}
	return e.Variable + " names no proxy: " + e.Why
}

func proxyAnswer(resp *http.Response) error {
	return &ProxyError{Status: resp.StatusCode, Schemes: schemes(strings.Join(resp.Header.Values("Proxy-Authenticate"), ", "))}
}

// schemes are the names in a list of challenges: each begins with one, then come
// its parameters, whose quoted values may hold commas and other schemes' names.
func schemes(challenges string) []string {
	var names []string
	isQuoted := false
	for _, part := range strings.FieldsFunc(challenges, func(r rune) bool {
		isQuoted = isQuoted != (r == '"')
		return r == ',' && !isQuoted
	}) {
		name, _, _ := strings.Cut(strings.TrimSpace(part), " ")
		if name != "" && !strings.Contains(name, "=") {
			names = append(names, name)
		}
	}
	return names
}

// proxies are the variables of the environment: the first of each list that is
// not empty counts, as curl and Go have it.
type proxies struct {
	byScheme map[string]variable
	no       string
	cgi      bool
}

type variable struct{ name, value string }

func proxiesOf(env func(string) (string, bool)) proxies {
	if env == nil {
		return proxies{}
	}
	first := func(names ...string) variable {
		for _, name := range names {
			if value, _ := env(name); value != "" {
				return variable{name, value}
			}
		}
		return variable{}
	}
	return proxies{
		byScheme: map[string]variable{
			"https": first("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"),
			"http":  first("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"),
		},
		no:  first("NO_PROXY", "no_proxy").value,
		cgi: first("REQUEST_METHOD").value != "",
	}
}

// of is the proxy for target, nil for none. A variable that cannot be read is
// an error: going there directly is what its owner wanted to prevent.
func (p proxies) of(target *url.URL) (*Proxy, error) {
	v := p.byScheme[target.Scheme]
	if v.value == "" {
		return nil, nil //nolint:nilnil // no proxy is no error
	}
	if bypassed(target, p.no) {
		return nil, nil //nolint:nilnil // as above
	}
	if p.cgi && v.name == "HTTP_PROXY" {
		// The web server sets it from a header that any request may have (CVE-2016-5385).
		return nil, &ProxyError{Variable: v.name, Why: "in CGI a request's header Proxy sets it", Fix: "set http_proxy"}
	}
	return v.parse()
}

func (v variable) parse() (*Proxy, error) {
	bad := func(why, fix string) (*Proxy, error) {
		return nil, &ProxyError{Variable: v.name, Why: why, Fix: fix}
	}
	if strings.ContainsFunc(v.value, func(r rune) bool { return r <= ' ' || r == 0x7F }) {
		return bad("there is a blank or a line break in it", "take the blank out of "+v.name)
	}
	const encode = "write special characters of user name and password percent-encoded: @ as %40, : as %3A, / as %2F, # as %23, ? as %3F, % as %25"
	text := v.value
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text) // whose error would show the password
	switch {
	case strings.Count(text, "@") > 1, err != nil && strings.Contains(text, "@"), err == nil && u.User == nil && strings.Contains(text, "@"):
		return bad("its user name or password holds a character that must be encoded", encode)
	case err != nil || u.Hostname() == "" || !port(u) || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return bad("it is not of the form http://HOST:PORT", "set "+v.name+" to http://HOST:PORT")
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return &Proxy{Variable: v.name, Host: u.Host, Credentials: u.User != nil, url: u}, nil
	default:
		return bad("its scheme is none of http, https, socks5 and socks5h", "set "+v.name+" to http://HOST:PORT")
	}
}

func port(u *url.URL) bool {
	n, err := strconv.Atoi(u.Port())
	return u.Port() == "" && !strings.HasSuffix(u.Host, ":") || err == nil && n > 0 && n < 1<<16
}
