package curl

import (
	"net/url"
	"path/filepath"
	"strings"

	"authctl/internal/fault"
)

// transfer is one request: one run of curl.
type transfer struct {
	url     string
	options []arg // in curl's order, the URL and -D left out
	// fromFiles are headers that go to curl beside the secrets.
	fromFiles []arg
	unknown   []arg  // options that authctl does not know
	method    string // what curl will send, for a DPoP proof
	output    string // the file the body goes to, "" for stdout or a name curl makes up
	toFile    bool
	dump      string // the user's -D, "" for none
	// repeatable: a second run would send the same and write the same.
	repeatable bool
	stdin      bool
	// gathers: stdin goes into a body that curl reads whole before it sends (-d, -F).
	gathers bool
	follows bool // redirects
	fails   bool // -f
}

// transfers lists the requests in order and holds each URL to t.
func (l line) transfers(t target) ([]transfer, error) {
	var all []transfer
	for _, n := range l.nodes {
		if !n.hasURL {
			continue // a spare -o or -T: curl ignores it too
		}
		url, err := t.resolve(n.url)
		if err != nil {
			return nil, err
		}
		all = append(all, l.one(n, n.uploadTo(url)))
	}
	return all, l.checkPipes(all)
}

// checkPipes: what can be read once would be empty the second time.
func (l line) checkPipes(all []transfer) error {
	readers := map[string]int{}
	if l.headersFromStdin {
		readers["stdin"]++
	}
	for _, one := range all {
		for _, a := range one.options {
			path := fileOf(a)
			switch {
			case isStdin(path), a.name == "upload-file" && path == ".":
				readers["stdin"]++
			case path != "" && isPipe(path):
				readers[path]++
			}
		}
	}
	for path, n := range readers {
		if n > 1 {
			return fault.New(fault.Usage, "%s can be read once, and here it would be %d times", shown(path), n).
				Hint("put it into a file, or run authctl curl once for each URL")
		}
	}
	return nil
}

// uploadTo adds the name of -T's file to a URL that ends with a slash, as curl
// would do itself: a DPoP proof must name the URL that is called.
func (n *transferNode) uploadTo(to string) string {
	end := strings.IndexAny(to, "?#")
	if end < 0 {
		end = len(to)
	}
	if !n.hasUpload || n.upload == "" || n.upload == "-" || n.upload == "." || !strings.HasSuffix(to[:end], "/") {
		return to
	}
	return to[:end] + url.PathEscape(filepath.Base(n.upload)) + to[end:]
}

func (l line) one(n *transferNode, url string) transfer {
	one := transfer{url: url, fromFiles: l.fromFiles, unknown: l.unknown, method: method(l.options, n.hasUpload)}
	for _, a := range l.options {
		if a.name == "dump-header" {
			one.dump = a.value
			continue
		}
		one.options = append(one.options, a)
	}
	if n.hasUpload {
		one.options = append(one.options, arg{"upload-file", n.upload, true})
	}
	switch {
	case n.remoteName, !n.hasOutput && has(l.options, "remote-name-all"):
		one.options, one.toFile = append(one.options, arg{name: "remote-name"}), true
	case n.outNull:
		one.options, one.toFile, one.output = append(one.options, arg{"output", "/dev/null", true}), true, "/dev/null"
	case n.hasOutput && isStdout(l.options, n.output):
		// Not the same as no -o: at a terminal it lets binary content through.
		one.options = append(one.options, arg{"output", "-", true})
	case n.hasOutput:
		one.options, one.toFile, one.output = append(one.options, arg{"output", n.output, true}), true, inFolder(l.options, n.output)
	}
	one.stdin = n.upload == "." && n.hasUpload || readsStdin(one.options)
	again := repeatable(one.options) && overwritable(one.output)
	one.repeatable = again && !one.stdin
	one.gathers = again && one.stdin && !n.hasUpload
	one.follows = has(l.options, "location") || has(l.options, "follow") || has(l.options, "location-trusted")
	one.fails = has(l.options, "fail")
	return one
}

// isStdout is true for -o - and for the names that systems have for it.
func isStdout(options []arg, output string) bool {
	switch output {
	case "-":
		return true
	case "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1":
		return inFolder(options, output) == output
	}
	return false
}

func inFolder(options []arg, name string) string {
	if folder, ok := last(options, "output-dir"); ok {
		return filepath.Join(folder, name)
	}
	return name
}

// method is curl's rule: -X, else what the body asks for.
func method(options []arg, upload bool) string {
	m := "GET"
	for _, a := range options {
		switch {
		case strings.HasPrefix(a.name, "data"), a.name == "json", a.name == "form", a.name == "form-string":
			m = "POST"
		}
	}
	if has(options, "get") {
		m = "GET"
	}
	if upload {
		m = "PUT"
	}
	if has(options, "head") {
		m = "HEAD"
	}
	if x, ok := last(options, "request"); ok {
		m = x
	}
	return m
}
