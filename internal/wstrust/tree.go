package wstrust

import (
	"errors"
	"strings"

	"github.com/beevik/etree"
)

// Elements are found by namespace and name from their parent down, never by a
// search: what a search finds may have been put in front of what was signed.

func parsed(data []byte) (*etree.Element, error) {
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(data); err != nil || doc.Root() == nil {
		return nil, errors.New("it is not well-formed XML")
	}
	return doc.Root(), nil
}

// children are the elements of that name right below e; a nil e has none.
func children(e *etree.Element, space, local string) (found []*etree.Element) {
	if e == nil {
		return nil
	}
	for _, c := range e.ChildElements() {
		if c.Tag == local && c.NamespaceURI() == space {
			found = append(found, c)
		}
	}
	return found
}

// child is the only one of that name, nil where there are none or several.
func child(e *etree.Element, space, local string) *etree.Element {
	if found := children(e, space, local); len(found) == 1 {
		return found[0]
	}
	return nil
}

func text(e *etree.Element) string {
	if e == nil {
		return ""
	}
	return strings.TrimSpace(e.Text())
}

// attr is the value of an attribute, "" where there is none. space is its
// namespace, or "xml", which nothing declares.
func attr(e *etree.Element, space, local string) string {
	if e == nil {
		return ""
	}
	for _, a := range e.Attr {
		if a.Key == local && (a.Space == space || space != "" && a.NamespaceURI() == space) {
			return a.Value
		}
	}
	return ""
}
