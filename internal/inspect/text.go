package inspect

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"authctl/internal/jwt"
	"authctl/internal/shown"
)

// View is how a report is shown to a person.
type View struct {
	Now    time.Time // its location is the person's
	Screen shown.Screen
}

// readingOrder are the claims that people look for first; the others follow in
// the token's own order.
func readingOrder() []string {
	return []string{
		"iss", "sub", "name", "preferred_username", "email", "aud", "azp", "client_id", "scope", "scp",
		"iat", "nbf", "exp", "auth_time", "nonce", "jti",
	}
}

// Text is the report for a person at a terminal, several lines.
func (r Report) Text(v View) string {
	p := &page{view: v}
	p.title(r)
	switch r.Kind {
	case SAML:
		p.document(r)
		p.saml(r)
	case SAMLDocument:
		p.document(r)
	case Opaque:
		p.line("", fmt.Sprintf("%d characters; only the server that issued it can read it", r.Length))
	case JWE:
		p.heading("Header")
		p.object(r.Header, nil)
		p.line("", "the content is encrypted for the token's audience")
	case JWS:
		p.heading("Header")
		p.object(r.Header, nil)
		p.heading("Payload")
		p.payload(r.Payload)
	case JWT:
		p.heading("Header")
		p.object(r.Header, []string{"typ", "alg", "kid"})
		p.heading("Claims")
		p.object(r.Claims, readingOrder())
	}
	return p.b.String()
}

// page collects lines.
type page struct {
	view  View
	b     strings.Builder
	lines int // of values that were indented, so far
}

// paint colours what was cleaned part by part.
func (p *page) paint(code shown.Paint, s string) string {
	if !p.view.Screen.Colour {
		return s
	}
	return "\x1b[" + string(code) + "m" + s + "\x1b[0m"
}

func (p *page) title(r Report) {
	names := map[Kind]string{
		JWT: "Signed JWT", JWS: "Signed data (JWS), no JWT", JWE: "Encrypted token (JWE)", Opaque: "Opaque token",
		SAML: "SAML 2.0 assertion", SAMLDocument: "XML document",
	}
	name := names[r.Kind]
	if r.Kind == JWT && r.Header.String("alg") == "none" {
		name = "Unsigned JWT" // RFC 7515 A.5
	}
	if r.Document != nil && r.Document.What != "" {
		name = r.Document.What
	}
	name = p.paint(shown.Bold, name)
	if r.Member != "" {
		name += " (" + r.Member + ")"
	}
	state := p.paint(shown.Red, "UNVERIFIED")
	switch {
	case r.Verified:
		state = p.paint(shown.Green, "VERIFIED") + ": " + r.Checked
	case r.Unverifiable != "":
		state = p.paint(shown.Red, "UNVERIFIABLE") + ": " + shown.Whole(r.Unverifiable)
	}
	p.write(name+", "+state, 2)
	for _, note := range r.Notes {
		p.line("note", shown.Whole(note))
	}
}

func (p *page) heading(s string) { _, _ = fmt.Fprintf(&p.b, "\n%s\n", p.paint(shown.Bold, s)) }

// nameWidth aligns values; longer names push theirs to the right.
const nameWidth = 13

// line writes one name and its value, further lines of the value below it.
func (p *page) line(name, value string) {
	lines := strings.Split(value, "\n")
	for i, l := range lines {
		if i > 0 {
			name = ""
		}
		if name == "" && i == 0 {
			p.write("  "+l, 4)
			continue
		}
		p.write("  "+p.paint(shown.Faint, fmt.Sprintf("%-*s", nameWidth, name))+" "+l, nameWidth+3)
	}
}

// write is one line, broken at blanks where the screen is too narrow for it.
func (p *page) write(line string, indent int) {
	p.b.WriteString(shown.Wrap(line, p.view.Screen.Width, indent) + "\n")
}

// object writes members, those of first before the others.
func (p *page) object(o jwt.Object, first []string) {
	var members []jwt.Member
	for _, name := range first {
		for _, m := range o {
			if m.Name == name {
				members = append(members, m)
			}
		}
	}
	for _, m := range o {
		if !slices.Contains(first, m.Name) {
			members = append(members, m)
		}
	}
	for _, m := range members {
		p.line(shown.Whole(m.Name), p.value(o, m))
	}
}

// when writes local time and distance; the end of a token in words.
func (p *page) when(t time.Time, end bool) string {
	far := relative(t, p.view.Now)
	if end && !p.view.Now.Before(t) {
		far = p.paint(shown.Red, "expired "+far)
	}
	return fmt.Sprintf("%s (%s)", local(t, p.view.Now), far)
}

func (p *page) payload(data []byte) {
	if !utf8.Valid(data) {
		p.line("", fmt.Sprintf("%d bytes that are no text", len(data)))
		return
	}
	for _, l := range strings.Split(string(data), "\n") {
		p.line("", shown.Whole(l))
	}
}
