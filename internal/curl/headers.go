package curl

import (
	"strings"

	"authctl/internal/fault"
	"authctl/internal/render"
)

// header is one header of the user's as curl reads it.
type header struct{ name, value string }

// readHeader splits a line as curl does, at the first colon or semicolon; ok is
// false for a line with neither, of which curl sends nothing. What curl would
// send in a way that servers read differently is a fault: a name that is no
// token (RFC 9110 5.6.2), such as "Host " or " Host", and text after the
// semicolon of "Name;", which curl sends for Host only.
func readHeader(line string) (h header, ok bool, err error) {
	i := strings.IndexAny(line, ":;")
	if i < 0 {
		return header{}, false, nil
	}
	h = header{name: line[:i], value: strings.Trim(line[i+1:], " \t")}
	switch {
	case !render.IsHeaderName(h.name):
		return header{}, false, fault.New(fault.Usage, "%q is no header name (RFC 9110 5.1)", shown(h.name)).
			Hint("write -H 'Name: value'")
	case line[i] == ';' && h.value != "":
		return header{}, false, fault.New(fault.Usage, "the header %s; has text after its semicolon", shown(h.name)).
			Hint("write -H '%s: value', or -H '%s;' to send it empty", shown(h.name), shown(h.name))
	}
	return h, true, nil
}

// userHeaders are the user's own headers by option, header or proxy-header.
func (t transfer) userHeaders(option string) ([]header, error) {
	var all []header
	for _, list := range [][]arg{t.options, t.fromFiles} {
		for _, a := range list {
			if a.name != option {
				continue
			}
			h, ok, err := readHeader(a.value)
			if err != nil {
				return nil, err
			}
			if ok {
				all = append(all, h)
			}
		}
	}
	return all, nil
}

func (h header) is(name string) bool { return strings.EqualFold(h.name, name) }

// checkHeaders refuses what would be sent beside the profile's own, since a
// server that gets two Authorization headers may take either, and a second
// Host, of which curl sends the first or the last as the first one happens to be.
func (t transfer) checkHeaders() error {
	if _, err := t.userHeaders("proxy-header"); err != nil {
		return err
	}
	headers, err := t.userHeaders("header")
	if err != nil {
		return err
	}
	hosts := 0
	for _, h := range headers {
		for _, own := range []string{"Authorization", "DPoP"} {
			if h.is(own) {
				return fault.New(fault.Usage, "-H %s: is what authctl curl itself sends", own).
					Hint("leave it out, or use curl without authctl")
			}
		}
		if h.is("Host") {
			hosts++
		}
	}
	if hosts > 1 {
		return fault.New(fault.Usage, "-H Host: stands there %d times, and which one counts is nobody's to say", hosts).
			Hint("leave one")
	}
	return nil
}

// checkHost: of the hosts behind one address, the Host header chooses one, and
// a request without it goes to whichever is the first there.
func (t transfer) checkHost(at target) error {
	headers, err := t.userHeaders("header")
	if err != nil {
		return err
	}
	scheme, _, _ := strings.Cut(t.url, ":")
	for _, h := range headers {
		if !h.is("Host") {
			continue
		}
		if p, err := readPlace(scheme, h.value); err == nil && at.listed(p) {
			continue
		}
		return fault.New(fault.Usage, "-H Host: %q is not one of the profile's api.hosts (%s)", shown(h.value), strings.Join(at.hosts, ", ")).
			Hint("add it to api.hosts if the token is meant for it, or put --allow-unsafe-curl before the --")
	}
	return nil
}

// sets says whether the user sends the header or, with `-H Name:`, takes it
// away: as in curl, -H has the last word over the profile's.
func (t transfer) sets(name string) bool {
	headers, _ := t.userHeaders("header") // what is wrong in them was found before
	for _, h := range headers {
		if h.is(name) {
			return true
		}
	}
	return false
}

// without leaves out the profile's headers that the user sets.
func (t transfer) without(headers []render.Header) []render.Header {
	var kept []render.Header
	for _, h := range headers {
		if !t.sets(h.Name) {
			kept = append(kept, h)
		}
	}
	return kept
}
