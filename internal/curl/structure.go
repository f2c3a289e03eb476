package curl

import (
	"slices"

	"authctl/internal/fault"
)

// structure applies the options that say which requests there are.
func (p *parser) structure(a arg) error {
	g := p.group()
	switch a.name {
	case "next":
		if !slices.ContainsFunc(g.nodes, func(n *transferNode) bool { return n.hasURL }) {
			return fault.New(fault.Usage, "curl's --next needs a URL before it")
		}
		p.line.groups = append(p.line.groups, &group{})
	case "url":
		p.addURL(a.value)
	case "output":
		n := g.node(func(n *transferNode) bool { return !n.hasOutput })
		n.output, n.hasOutput = a.value, true
	case "remote-name":
		n := g.node(func(n *transferNode) bool { return !n.hasOutput })
		n.remoteName, n.hasOutput = true, true
	case "out-null":
		n := g.node(func(n *transferNode) bool { return !n.hasOutput })
		n.outNull, n.hasOutput = true, true
	case "upload-file":
		n := g.node(func(n *transferNode) bool { return !n.hasUpload })
		n.upload, n.hasUpload = a.value, true
	}
	return nil
}

func (p *parser) addURL(url string) {
	n := p.group().node(func(n *transferNode) bool { return !n.hasURL })
	n.url, n.hasURL = url, true
}

// node is the first that still lacks something, or a new one.
func (g *group) node(lacks func(*transferNode) bool) *transferNode {
	if i := slices.IndexFunc(g.nodes, lacks); i >= 0 {
		return g.nodes[i]
	}
	n := &transferNode{}
	g.nodes = append(g.nodes, n)
	return n
}

// check wants a URL in every group.
func (l line) check() error {
	for _, g := range l.groups {
		if !slices.ContainsFunc(g.nodes, func(n *transferNode) bool { return n.hasURL }) {
			return fault.New(fault.Usage, "there is no URL for curl").
				Hint("authctl curl --profile NAME -- /path, or a URL on one of api.hosts")
		}
	}
	return nil
}

// has says whether the last mention of the flag switches it on.
func has(options []arg, name string) bool {
	on := false
	for _, a := range options {
		switch a.name {
		case name:
			on = true
		case "no-" + name:
			on = false
		}
	}
	return on
}

// last is the value of the last mention.
func last(options []arg, name string) (string, bool) {
	for _, a := range slices.Backward(options) {
		if a.name == name {
			return a.value, true
		}
	}
	return "", false
}
