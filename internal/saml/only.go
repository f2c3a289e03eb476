package saml

import (
	"errors"
	"fmt"
)

// Whole is an XML document that a security token service answered with.
type Whole struct {
	XML  []byte // without its byte-order mark
	Root string // its root's name
	doc  *scanned
}

// Scan goes over an answer more strictly than Open does over a file: it is XML
// itself, and says no other encoding than UTF-8.
func Scan(data []byte) (*Whole, error) {
	if !isXML(data) {
		return nil, errors.New("it is not XML in UTF-8")
	}
	raw, doc, err := document(data)
	if errors.Is(err, errNotWellFormed) {
		err = errors.New("it is not well-formed XML in UTF-8")
	}
	if err == nil && doc.encoding != "" {
		err = otherEncoding(doc.encoding)
	}
	if err != nil {
		return nil, err
	}
	return &Whole{raw, doc.root.Local, doc}, nil
}

// Only cuts the assertion out as Extract does, if it is the only one anywhere in
// the document, in assertions too, and no ID comes twice: what is checked and what
// is sent on is then the same, whoever looks it up by a name or an ID.
func (w *Whole) Only() ([]byte, error) {
	switch {
	case w.doc.sealed > 0:
		return nil, errors.New("the assertion is encrypted for the service, so that nothing of it can be checked")
	case w.doc.all != 1:
		return nil, fmt.Errorf("one SAML assertion was expected in the answer, and %d came", w.doc.all)
	}
	for id, n := range w.doc.ids {
		if n > 1 {
			return nil, fmt.Errorf("the ID %.80q comes %d times in the answer: what a signature covers cannot be told", id, n)
		}
	}
	return w.doc.extract(w.XML)
}
