package profile

import "fmt"

// Problem is one thing wrong with a profile.
type Problem struct {
	Path string // the field, as "client.key" or "request.headers[0].name"
	Text string // what is wrong, without secrets, for people
	Hint string // what fixes it, "" when Text says so already
}

// Error is the path and what is wrong there.
func (p *Problem) Error() string {
	if p.Path == "" {
		return p.Text
	}
	return p.Path + ": " + p.Text
}

// checker gathers the problems of one profile.
type checker struct {
	p     *Profile
	found []error
}

func (c *checker) add(path, format string, args ...any) *Problem {
	problem := &Problem{Path: path, Text: fmt.Sprintf(format, args...)}
	c.found = append(c.found, problem)
	return problem
}

// oneOf checks a closed set of words.
func (c *checker) oneOf(path, value string, words []string) {
	for _, w := range words {
		if value == w {
			return
		}
	}
	c.add(path, "%s", notOneOf(value, words))
}
