// Package endpoint is the wire: it encodes one request to an OAuth endpoint,
// sends it once, and decodes the answer or the OAuth error. It adds nothing a
// grant, a client authentication method or the profile did not put there.
package endpoint

import (
	"strings"

	"authctl/internal/profile"
	"authctl/internal/secret"
)

// Request is one POST to the token, PAR, device authorization or revocation
// endpoint, built anew for every attempt so that no assertion is sent twice.
type Request struct {
	Profile  *profile.Profile
	URL      string // where it is sent, exactly as configured
	Issuer   string // the authorization server's issuer, "" when unknown
	TokenURL string // the token endpoint as it is published, also when URL is another one
	Params   []Param
	Headers  []Header
	Scope    string // what is asked for where no scope parameter says it
	// Document is the body where it is no list of parameters; nil: Params are.
	Document *Document
	// Leave is asked when the connection stands and the request is about to be sent,
	// before its first byte; an error keeps it here. nil lets it leave.
	Leave func() error

	hidden []string // see Hide
}

// Document is a body as it is sent, such as a SOAP message. No trace shows it.
type Document struct {
	Body                []byte
	ContentType, Accept string // as the headers have them
}

// Param is one parameter of the body. Values are strings in a form; a JSON
// body keeps other JSON values as they are.
type Param struct {
	Name   string
	Value  any
	Secret bool // hidden in traces
}

// Header is one request header, name and value as they go out.
type Header struct {
	Name, Value string
	Secret      bool // hidden in traces
}

// Set replaces every parameter of that name by one value.
func (r *Request) Set(name string, value any) {
	r.remove(name)
	r.Params = append(r.Params, Param{Name: name, Value: value})
}

// Add appends a parameter; RFC 8693 and RFC 8707 allow audience and resource to repeat.
func (r *Request) Add(name string, value any) {
	r.Params = append(r.Params, Param{Name: name, Value: value})
}

// SetSecret replaces the parameter by one that no trace shows.
func (r *Request) SetSecret(name string, value secret.Text) {
	r.remove(name)
	r.Params = append(r.Params, Param{Name: name, Value: value.Reveal(), Secret: true})
}

// SetHeader replaces the header of that very name.
func (r *Request) SetHeader(name, value string, isSecret bool) {
	for i, h := range r.Headers {
		if h.Name == name {
			r.Headers[i] = Header{name, value, isSecret}
			return
		}
	}
	r.Headers = append(r.Headers, Header{name, value, isSecret})
}

// Omit drops the named parameters (profile field request.omit).
func (r *Request) Omit(names []string) {
	for _, n := range names {
		r.remove(n)
	}
}

func (r *Request) remove(name string) {
	kept := r.Params[:0]
	for _, p := range r.Params {
		if p.Name != name {
			kept = append(kept, p)
		}
	}
	r.Params = kept
}

// secrets lists what a trace or an error text must not show. Very short
// values are left out.
func (r *Request) secrets() []string {
	var list []string
	add := func(s string) {
		if len(s) >= leastSecret {
			list = append(list, s)
		}
	}
	for _, p := range r.Params {
		if s, ok := p.Value.(string); ok && p.Secret {
			add(s)
		}
	}
	for _, h := range r.Headers {
		if h.Secret {
			add(h.Value)
			_, credentials, _ := strings.Cut(h.Value, " ")
			add(credentials)
		}
	}
	for _, s := range r.hidden {
		add(s)
	}
	return list
}

// Hide adds a value that is no parameter and no header by itself, such as
// the password inside Basic credentials.
func (r *Request) Hide(value secret.Text) {
	r.hidden = append(r.hidden, value.Reveal())
}
