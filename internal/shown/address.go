package shown

import (
	"errors"
	"net/url"
	"strings"
)

// maxAddress is the longest address that a server may name for a person.
const maxAddress = 2000

// Address is a URL as a person may open or copy it, whole: ASCII only, without
// user name and without anything that a browser reads in its own way. Its zero
// value is none.
type Address struct{ text, host string }

// ParseAddress reads a URL. Characters beyond ASCII are percent-encoded (RFC
// 3987 3.1), but for a host, which must have its form in ASCII (RFC 5891).
func ParseAddress(raw string) (Address, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil, u.Host == "", u.Scheme == "", strings.ContainsAny(raw, " \"'<>\\^`{|}"), strings.ContainsFunc(raw, Drives):
		return Address{}, errors.New("it is no address")
	case u.User != nil:
		// What stands before the @ looks like the host: https://login.example.com@evil.example/
		return Address{}, errors.New("it holds a user name before its host")
	case strings.ContainsFunc(u.Host, func(r rune) bool { return r > '~' }):
		return Address{}, errors.New("its host is not ASCII (xn--...)")
	}
	return Address{encoded(raw), u.Host}, nil
}

// ParseNamed reads a URL that a server names for a person, and that no person
// should have to copy if it is endless.
func ParseNamed(raw string) (Address, error) {
	if len(raw) > maxAddress {
		return Address{}, errors.New("it is longer than any address")
	}
	return ParseAddress(raw)
}

// encoded keeps every byte of ASCII as it is: a signature may cover the URL.
func encoded(raw string) string {
	var b strings.Builder
	for i := range len(raw) {
		if c := raw[i]; c < 0x80 {
			b.WriteByte(c)
		} else {
			const hex = "0123456789ABCDEF"
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// With is the address with further pairs behind those of its query. They are
// ours and escaped, and may be longer than a server's address.
func (a Address) With(pairs string) Address {
	before, fragment, found := strings.Cut(a.text, "#")
	switch {
	case pairs == "":
		return a
	case !strings.Contains(before, "?"):
		before += "?"
	case !strings.HasSuffix(before, "?"):
		before += "&"
	}
	a.text = before + encoded(pairs)
	if found {
		a.text += "#" + fragment
	}
	return a
}

// String is the whole address, "" for none.
func (a Address) String() string { return a.text }

// Host is the address's host with its port.
func (a Address) Host() string { return a.host }
