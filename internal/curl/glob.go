package curl

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"authctl/internal/fault"
)

// maxGlob bounds what one URL may stand for: each is a run of curl.
const maxGlob = 10000

// globbed is one URL that a pattern stands for, with the text that each of its
// patterns took, for #1, #2 in -o.
type globbed struct {
	text string
	took []string
}

// expandGlob spells out curl's URL patterns {a,b}, [1-10], [01-10:3] and [a-z]
// (curl(1), "GLOBBING"), the rightmost changing fastest. An IPv6 address in
// brackets and [] are no patterns, and a backslash takes a bracket or brace literally.
func expandGlob(s string) ([]globbed, error) {
	all := []globbed{{}}
	for s != "" {
		i := strings.IndexAny(s, `{}[]\`)
		if i < 0 {
			i = len(s)
		}
		literal := s[:i]
		s = s[i:]
		var set []string
		var err error
		switch {
		case s == "":
		case s[0] == '\\':
			n := 1
			if len(s) > 1 && strings.IndexByte("{}[]", s[1]) >= 0 {
				n, s = 1, s[1:]
			}
			literal, s = literal+s[:n], s[n:]
		case s[0] == '[' && (isIPv6(s) || strings.HasPrefix(s, "[]")):
			end := strings.IndexByte(s, ']') + 1
			literal, s = literal+s[:end], s[end:]
		case s[0] == '[' || s[0] == '{':
			set, s, err = pattern(s)
		default:
			err = fault.New(fault.Usage, "unmatched %q in a URL", s[:1])
		}
		if err != nil {
			return nil, err
		}
		if all, err = combine(all, literal, set); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func combine(all []globbed, literal string, set []string) ([]globbed, error) {
	if set == nil {
		for i := range all {
			all[i].text += literal
		}
		return all, nil
	}
	if len(all)*len(set) > maxGlob {
		return nil, fault.New(fault.Usage, "a URL pattern stands for more than %d requests", maxGlob)
	}
	var out []globbed
	for _, g := range all {
		for _, v := range set {
			took := append(append([]string(nil), g.took...), v)
			out = append(out, globbed{g.text + literal + v, took})
		}
	}
	return out, nil
}

func isIPv6(s string) bool {
	end := strings.IndexByte(s, ']')
	if end < 0 {
		return false
	}
	a, err := netip.ParseAddr(s[1:end])
	return err == nil && a.Is6()
}

// pattern reads the set or range that s begins with.
func pattern(s string) (set []string, rest string, err error) {
	end := strings.IndexByte(s, map[byte]byte{'{': '}', '[': ']'}[s[0]])
	if end < 0 {
		return nil, "", fault.New(fault.Usage, "unmatched %q in a URL", s[:1]).Hint("curl's -g takes brackets and braces literally")
	}
	body, rest := s[1:end], s[end+1:]
	if s[0] == '{' {
		if strings.ContainsAny(body, `{[\`) || body == "" {
			return nil, "", fault.New(fault.Usage, "the URL pattern {%s} is not supported", body)
		}
		return strings.Split(body, ","), rest, nil
	}
	set, err = span(body)
	return set, rest, err
}

// span is the body of [from-to:step].
func span(body string) ([]string, error) {
	bad := fault.New(fault.Usage, "the URL pattern [%s] is no range", body).Hint("curl's -g takes brackets and braces literally")
	limits, stepText, stepped := strings.Cut(body, ":")
	from, to, ok := strings.Cut(limits, "-")
	step := 1
	if stepped {
		var err error
		if step, err = strconv.Atoi(stepText); err != nil || step < 1 {
			return nil, bad
		}
	}
	if !ok {
		return nil, bad
	}
	if len(from) == 1 && len(to) == 1 && isLetter(from[0]) && isLetter(to[0]) && from[0] <= to[0] {
		var set []string
		for c := int(from[0]); c <= int(to[0]); c += step {
			set = append(set, string(rune(c)))
		}
		return set, nil
	}
	first, err1 := strconv.ParseUint(from, 10, 31)
	final, err2 := strconv.ParseUint(to, 10, 31)
	if err1 != nil || err2 != nil || first > final {
		return nil, bad
	}
	if (final-first)/uint64(step) >= maxGlob {
		return nil, fault.New(fault.Usage, "a URL pattern stands for more than %d requests", maxGlob)
	}
	width := 0
	if strings.HasPrefix(from, "0") {
		width = len(from)
	}
	var set []string
	for n := first; n <= final; n += uint64(step) {
		set = append(set, fmt.Sprintf("%0*d", width, n))
	}
	return set, nil
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// fill replaces #1, #2 ... in an output name by what the patterns took.
func (g globbed) fill(name string) string {
	var out strings.Builder
	for i := 0; i < len(name); i++ {
		j := i + 1
		for j < len(name) && '0' <= name[j] && name[j] <= '9' {
			j++
		}
		n, err := strconv.Atoi(name[i+1 : j])
		if name[i] != '#' || err != nil || n < 1 || n > len(g.took) {
			out.WriteByte(name[i])
			continue
		}
		out.WriteString(g.took[n-1])
		i = j - 1
	}
	return out.String()
}
