package keys

import (
	"bytes"
	"errors"
	"fmt"

	"authctl/internal/secret"
)

// MaxSize is the most bytes a key file or a JWKS may have; more is refused before parsing.
const MaxSize = 512 << 10

// ErrPassphrase says that the key is encrypted and nobody could give the passphrase.
var ErrPassphrase = errors.New("the key is encrypted and needs its passphrase")

// errNoKey is for data of none of the known forms.
var errNoKey = errors.New("no key in it: neither PEM, DER, PKCS#12, JWK nor JWKS")

// Options helps to read files that do not speak for themselves.
type Options struct {
	// Passphrase is asked for, at most once, when the key is encrypted and
	// the empty passphrase does not open it. nil: encrypted keys are refused.
	Passphrase func() (secret.Text, error)
	// KID chooses one key of a JWKS.
	KID string
}

// Load reads the one key in data: PEM, DER, PKCS#12, a JWK, a JWKS, or a JWK
// or PEM inside a JSON string; text may be UTF-8 or, with a byte-order mark,
// UTF-16. A PEM may have lost its line ends or be base64 once more, as happens
// on the way into an environment variable. A private key with its own certificate is one key; of a certificate
// chain the leaf's key is meant. Errors never hold key material.
func Load(data []byte, o Options) (k *Key, err error) {
	defer recovered(&err)
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%d bytes are too many for a key (at most %d)", len(data), MaxSize)
	}
	l := loader{options: o}
	return l.load(data, 0)
}

// recovered makes an error of a panic: key files come from anywhere, and the
// libraries that read them are not all made for that. What was thrown may hold
// a part of the key, so it is not repeated.
func recovered(err *error) {
	if recover() != nil {
		*err = errors.New("it is damaged, or of a form that no library here can cope with")
	}
}

// loader is one call of Load.
type loader struct {
	options Options
}

// maxNesting bounds JSON strings inside JSON strings.
const maxNesting = 3

func (l *loader) load(data []byte, depth int) (*Key, error) {
	if depth > maxNesting {
		return nil, errors.New("JSON strings inside JSON strings without end")
	}
	if err := foreign(data); err != nil {
		return nil, err
	}
	if isDER(data) {
		return l.der(data)
	}
	text, err := utf8Text(data)
	if err != nil {
		return nil, err
	}
	text = bytes.TrimSpace(text)
	if err := foreign(text); err != nil {
		return nil, err
	}
	switch {
	case len(text) == 0:
		return nil, errors.New("it is empty")
	case text[0] == '{' && !escapedObject(text):
		return l.json(text)
	case text[0] == '"' || text[0] == '%' || escapedObject(text) || bytes.HasPrefix(text, []byte(percentPEM)):
		inner, err := unwrap(text)
		if err != nil {
			return nil, err
		}
		return l.load(inner, depth+1)
	case bytes.Contains(text, []byte("-----BEGIN")):
		return l.pem(text)
	default:
		inner := fromBase64(text)
		if inner == nil {
			return nil, errNoKey
		}
		return l.load(inner, depth+1)
	}
}

// isDER is true for an ASN.1 SEQUENCE of more than 127 bytes or with a length
// that fits, which no text file begins with: '0' and a control byte or beyond ASCII.
func isDER(data []byte) bool {
	return len(data) > 2 && data[0] == 0x30 && (data[1] >= 0x80 || data[1] < 0x20 || int(data[1]) == len(data)-2)
}
