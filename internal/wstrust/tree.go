package wstrust

import (
	"encoding/xml"
	"strings"
)

// node is an element of an answer. It is found by namespace and name from its
// parent down, never by a search: what a search finds may have been put in
// front of what was signed.
type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Text    string     `xml:",chardata"`
	Nodes   []*node    `xml:",any"`
}

// all are the children of that name; a nil node has none.
func (n *node) all(space, local string) (found []*node) {
	if n == nil {
		return nil
	}
	for _, child := range n.Nodes {
		if child.XMLName == (xml.Name{Space: space, Local: local}) {
			found = append(found, child)
		}
	}
	return found
}

// one is the only child of that name, nil where there are none or several.
func (n *node) one(space, local string) *node {
	if found := n.all(space, local); len(found) == 1 {
		return found[0]
	}
	return nil
}

func (n *node) text() string {
	if n == nil {
		return ""
	}
	return strings.TrimSpace(n.Text)
}

// attr is the value of an attribute without namespace.
func (n *node) attr(local string) string { return n.qualified("", local) }

func (n *node) qualified(space, local string) string {
	for _, a := range n.Attrs {
		if a.Name == (xml.Name{Space: space, Local: local}) {
			return a.Value
		}
	}
	return ""
}
