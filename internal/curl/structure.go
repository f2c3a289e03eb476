package curl

import (
	"regexp"
	"slices"
	"strings"

	"authctl/internal/fault"
)

// structure applies the options that say which requests there are.
func (p *parser) structure(a arg) {
	l := &p.line
	switch a.name {
	case "url":
		p.addURL(a.value)
	case "output":
		n := l.node(func(n *transferNode) bool { return !n.hasOutput })
		n.output, n.hasOutput = a.value, true
	case "remote-name":
		n := l.node(func(n *transferNode) bool { return !n.hasOutput })
		n.remoteName, n.hasOutput = true, true
	case "out-null":
		n := l.node(func(n *transferNode) bool { return !n.hasOutput })
		n.outNull, n.hasOutput = true, true
	case "upload-file":
		n := l.node(func(n *transferNode) bool { return !n.hasUpload })
		n.upload, n.hasUpload = a.value, true
	}
}

func (p *parser) addURL(url string) {
	n := p.line.node(func(n *transferNode) bool { return !n.hasURL })
	n.url, n.hasURL = url, true
}

// node is the first that still lacks something, or a new one.
func (l *line) node(lacks func(*transferNode) bool) *transferNode {
	if i := slices.IndexFunc(l.nodes, lacks); i >= 0 {
		return l.nodes[i]
	}
	n := &transferNode{}
	l.nodes = append(l.nodes, n)
	return n
}

// check wants a URL, and URLs that are one each: curl would read braces and
// brackets as a pattern for many (curl(1), "GLOBBING"), but for [] and the
// address of a host.
func (l line) check() error {
	if !slices.ContainsFunc(l.nodes, func(n *transferNode) bool { return n.hasURL }) {
		return fault.New(fault.Usage, "there is no URL for curl").
			Hint("authctl curl --profile NAME -- /path, or a URL on one of api.hosts")
	}
	for _, n := range l.nodes {
		if !l.globoff && isPattern(n.url) {
			return fault.New(fault.Usage, "the URL has { } or [ ], which curl would take for a pattern of several URLs").
				Hint("to send them as they are, put -g before the URL or write %%7B %%7D %%5B %%5D; for several URLs run authctl curl once for each")
		}
	}
	return l.checkQuery()
}

func isPattern(url string) bool {
	address := regexp.MustCompile(`^([a-zA-Z]+://)?\[[0-9a-fA-F:.]+\]`)
	return strings.ContainsAny(strings.ReplaceAll(address.ReplaceAllString(url, ""), "[]", ""), "{}[]")
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
