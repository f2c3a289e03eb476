package keys

import (
	"encoding/asn1"
	"errors"
)

// maxBERDepth is deeper than any key file nests.
const maxBERDepth = 32

var errBER = errors.New("its ASN.1 is damaged")

// fromBER writes the first BER element of data as encoding/asn1 wants it: with
// definite lengths, and octet strings in one piece (X.690 8.1.3.6, 8.7.3). PKCS#12
// files of browsers and of Java libraries come with neither.
func fromBER(data []byte) ([]byte, error) {
	element, _, err := berElement(data, 0)
	return element, err
}

// berElement is the first element of data and the bytes after it.
func berElement(data []byte, depth int) (element, rest []byte, err error) {
	tag, size, body, err := berHead(data)
	if err != nil || depth > maxBERDepth {
		return nil, nil, errBER
	}
	if tag[0]&0x20 == 0 { // primitive: always of definite length
		if size < 0 || size > len(body) {
			return nil, nil, errBER
		}
		return derElement(tag, body[:size]), body[size:], nil
	}
	if size >= 0 {
		if size > len(body) {
			return nil, nil, errBER
		}
		body, rest = body[:size], body[size:]
	}
	var inside []byte
	isOctets := tag[0] == 0x20|asn1.TagOctetString
	for {
		switch {
		case size >= 0 && len(body) == 0:
		case size < 0 && len(body) >= 2 && body[0] == 0 && body[1] == 0: // end-of-contents
			rest = body[2:]
		default:
			var one []byte
			if one, body, err = berElement(body, depth+1); err != nil {
				return nil, nil, errBER
			}
			if isOctets {
				if one = octets(one); one == nil {
					return nil, nil, errBER
				}
			}
			inside = append(inside, one...)
			continue
		}
		if isOctets {
			tag = []byte{asn1.TagOctetString}
		}
		return derElement(tag, inside), rest, nil
	}
}

// octets is what a primitive octet string holds, nil for anything else.
func octets(element []byte) []byte {
	b := []byte{}
	if rest, err := asn1.Unmarshal(element, &b); err != nil || len(rest) > 0 {
		return nil
	}
	return b
}

// berHead reads tag and length; size is -1 for the indefinite form.
func berHead(data []byte) (tag []byte, size int, body []byte, err error) {
	n := 1
	if len(data) > 0 && data[0]&0x1F == 0x1F {
		for n < len(data) && n < 4 && data[n]&0x80 != 0 {
			n++
		}
		n++
	}
	if len(data) < n+1 {
		return nil, 0, nil, errBER
	}
	tag, body = data[:n], data[n+1:]
	switch first := data[n]; {
	case first < 0x80:
		return tag, int(first), body, nil
	case first == 0x80:
		return tag, -1, body, nil
	case first > 0x84 || int(first&0x7F) > len(body): // 4 bytes count to more than any key file has
		return nil, 0, nil, errBER
	default:
		for _, b := range body[:first&0x7F] {
			size = size<<8 | int(b)
		}
		return tag, size, body[first&0x7F:], nil
	}
}

// derElement is tag, the shortest length and the contents.
func derElement(tag, contents []byte) []byte {
	out := append([]byte{}, tag...)
	if n := len(contents); n < 0x80 {
		out = append(out, byte(n))
	} else {
		var length []byte
		for ; n > 0; n >>= 8 {
			length = append([]byte{byte(n)}, length...)
		}
		out = append(append(out, 0x80|byte(len(length))), length...)
	}
	return append(out, contents...)
}
