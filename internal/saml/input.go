package saml

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// ErrNotSAML is for data that is neither XML nor base64 of XML.
var ErrNotSAML = errors.New("not a SAML assertion: neither XML nor base64 of XML")

// IsSAML reports whether data looks like XML, or base64 or base64url of XML.
func IsSAML(data []byte) bool {
	raw, err := unwrap(data)
	return err == nil && raw != nil
}

// unwrap gives the XML bytes: data itself, or what its base64 stands for, in
// either alphabet, padded or not, in one line or many.
func unwrap(data []byte) ([]byte, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%d bytes are too many for a SAML assertion (at most %d)", len(data), MaxSize)
	}
	if isXML(data) {
		return data, nil
	}
	text := strings.Join(strings.Fields(string(data)), "")
	text = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(text), "=")
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || !isXML(raw) {
		return nil, ErrNotSAML
	}
	return raw, nil
}

func isXML(data []byte) bool {
	data = bytes.TrimPrefix(data, []byte{0xEF, 0xBB, 0xBF})
	return bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("<"))
}
