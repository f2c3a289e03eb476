package keys

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// utf8Text drops a byte-order mark and turns UTF-16 into UTF-8: a third of the
// key files that people register come from editors that write UTF-16LE.
func utf8Text(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		return fromUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return fromUTF16(data[2:], binary.BigEndian)
	}
	data = bytes.TrimPrefix(data, []byte{0xEF, 0xBB, 0xBF})
	if !utf8.Valid(data) && !bytes.Contains(data, []byte("-----BEGIN")) {
		// Bag Attributes may hold Latin-1 names; everything else is UTF-8.
		return nil, errNoKey
	}
	return data, nil
}

func fromUTF16(data []byte, order binary.ByteOrder) ([]byte, error) {
	if len(data)%2 != 0 {
		return nil, errors.New("it begins as UTF-16 and ends within a character")
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return []byte(string(utf16.Decode(units))), nil
}

// escapedObject is true for the inside of a JSON string without its quotes, as
// copied out of source code: {\u0022kty\u0022: or {\"kty\":
func escapedObject(text []byte) bool {
	inner := bytes.TrimLeft(text[1:], " \t")
	return text[0] == '{' && len(inner) > 0 && inner[0] == '\\'
}

// percentPEM begins a PEM as nginx hands on a client's certificate in a header.
const percentPEM = "-----BEGIN%20"

// unwrap takes one layer off: a JSON string first, and only then percent
// encoding, where a + stays a + since a kid may hold one.
func unwrap(text []byte) ([]byte, error) {
	if text[0] == '%' || text[0] == '-' {
		plain, err := url.PathUnescape(string(text))
		if err != nil {
			return nil, errors.New("it begins like a percent-encoded JWK or PEM and is not one")
		}
		return []byte(plain), nil
	}
	if text[0] == '{' {
		text = append(append([]byte{'"'}, text...), '"')
	}
	var inner string
	if err := json.Unmarshal(text, &inner); err != nil {
		return nil, errors.New("it begins like a JSON string and is not one")
	}
	return []byte(inner), nil
}

// Text is data as UTF-8: a byte-order mark is dropped, UTF-16 is converted.
func Text(data []byte) ([]byte, error) { return utf8Text(data) }

// Unwrap is the JWK text inside JSON strings and percent encoding, however
// deep Load would follow them; text that is not wrapped comes back as it is.
func Unwrap(data []byte) ([]byte, error) {
	text := bytes.TrimSpace(data)
	for range maxNesting {
		if len(text) == 0 || text[0] == '{' && !escapedObject(text) || text[0] != '{' && text[0] != '"' && text[0] != '%' {
			break
		}
		inner, err := unwrap(text)
		if err != nil {
			return nil, err
		}
		text = bytes.TrimSpace(inner)
	}
	if len(text) == 0 {
		return nil, errors.New("it is empty")
	}
	return text, nil
}

// unfold gives PEM blocks the line ends that they lost: written as \n, replaced
// by blanks, or gone. Blocks that are as RFC 7468 wants them stay as they are.
func unfold(text []byte) []byte {
	const begin, end, dashes = "-----BEGIN ", "-----END ", "-----"
	s := strings.NewReplacer(`\\r`, "", `\\n`, "\n", `\r`, "", `\n`, "\n").Replace(string(text))
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(s, begin)
		label, rest, labelled := strings.Cut(rest, dashes)
		body, after, ended := strings.Cut(rest, end+label+dashes)
		if !ok || !labelled || !ended {
			break
		}
		isWhole := (before == "" || before[len(before)-1] == '\n') && strings.HasPrefix(body, "\n") && strings.HasSuffix(body, "\n")
		out.WriteString(before)
		if isWhole || strings.ContainsAny(body, ":-") {
			out.WriteString(begin + label + dashes + body + end + label + dashes)
		} else {
			// encoding/pem does not mind long lines.
			out.WriteString("\n" + begin + label + dashes + "\n" + strings.Join(strings.Fields(body), "") + "\n" + end + label + dashes + "\n")
		}
		s = after
	}
	out.WriteString(s)
	return []byte(out.String())
}

// fromBase64 is what text holds if all of it is base64, of either alphabet,
// with line breaks and padding or without; else nil.
func fromBase64(text []byte) []byte {
	s := strings.TrimRight(strings.Join(strings.Fields(string(text)), ""), "=")
	s = strings.NewReplacer("-", "+", "_", "/").Replace(s)
	inner, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil || len(inner) == 0 {
		return nil
	}
	return inner
}
