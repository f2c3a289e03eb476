package draft

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"authctl/internal/profile"
	"authctl/internal/strict"
)

// Question asks for what a preset leaves to the profile.
type Question struct {
	Say      string     // what is asked, for people
	Default  string     // the preset's own value, "" when it has none
	Offer    string     // what no answer stands for, where the preset has no value of its own
	Optional bool       // the profile does without
	Then     []Question // asked where this one was answered

	pattern string     // of the answer; "": any
	put     *yaml.Node // the part of a body that holds ANSWER
	path    string     // where that is
}

// Required is true when no answer is no profile.
func (q Question) Required() bool { return !q.Optional && q.Default == "" && q.Offer == "" }

// IsKey is true where the answer is a private key.
func (q Question) IsKey() bool { return profile.RefAt{Path: q.path}.IsKey() }

// IsCertificate is true where the answer is a certificate.
func (q Question) IsCertificate() bool { return strings.HasSuffix(q.path, "certificate") }

// questions are a list of them in a preset.
func questions(key string, to *[]Question) strict.Member {
	return strict.Objects(key, to, func(q *Question) []strict.Member {
		return []strict.Member{
			strict.Text("say", &q.Say),
			strict.Text("default", &q.Offer),
			strict.Flag("optional", &q.Optional),
			strict.Text("pattern", &q.pattern),
			{Key: "put", Read: func(_ *strict.Reader, n *yaml.Node, _ string) { q.put = n }},
			{Key: "then", Read: func(r *strict.Reader, n *yaml.Node, path string) { questions("then", &q.Then).Read(r, n, path) }},
		}
	}, func(*strict.Reader, *yaml.Node, string) {})
}
