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

var errUTF16 = errors.New("it is UTF-16 text, which no assertion is signed as: save it as UTF-8")

// IsSAML reports whether data looks like XML, or base64 or base64url of XML.
func IsSAML(data []byte) bool {
	_, err := unwrap(data)
	return err == nil
}

// Bytes gives the XML of an assertion given as XML, base64 or base64url, and
// reads nothing of it: for versions of SAML that this package does not know.
func Bytes(data []byte) ([]byte, error) { return unwrap(data) }

// unwrap gives the XML bytes: data itself, or what its base64 stands for, in
// either alphabet, padded or not, in one line or many.
func unwrap(data []byte) ([]byte, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%d bytes are too many for a SAML assertion (at most %d)", len(data), MaxSize)
	}
	switch {
	case isXML(data):
		return data, nil
	case bytes.HasPrefix(data, []byte("\xFF\xFE<\x00")), bytes.HasPrefix(data, []byte("\xFE\xFF\x00<")):
		return nil, errUTF16 // as PowerShell's > writes
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
