// Package render prints a token in the form the next program wants it: bare,
// as header lines, as variables of a shell or a CI system, as a curl config or
// as a Kubernetes credential.
//
// Three decisions hold for every format. A token with a control character or
// beyond ASCII is refused, and one that a format cannot quote by that format,
// so none can carry an injection in the token itself. The
// whole output is one Write, so a closed pipe or a full disk is noticed and
// never leaves half a token behind. And a token whose type is not the one the
// profile's API takes is not dressed up as an Authorization header.
package render

import (
	"bytes"
	"io"
	"time"

	"authctl/internal/fault"
	"authctl/internal/secret"
	"authctl/internal/token"
)

// Result is what there is to print.
type Result struct {
	Profile   string
	Set       token.Set
	FromStore bool
	Scheme    string    // of the Authorization header, spelled as the profile's api.scheme
	Headers   []Header  // the profile's api.headers, resolved, in their order
	Proof     string    // a DPoP proof (RFC 9449 4.2) for one request, "" for none
	Now       time.Time // what expires_in is counted from
}

// Header is one request header of the profile.
type Header struct {
	Name  string
	Value secret.Text
}

// Options is what the user chose. The zero value prints the access token.
type Options struct {
	Format    string // one of FormatNames; "" means the first
	Select    string // one of Selects, or another member of the server's answer; "" means access_token
	Shell     string // of format env: one of Shells; "" means sh
	EnvPrefix string // of the variables in env, dotenv and github; "" means AUTHCTL_
	GithubEnv string // format github: the path in $GITHUB_ENV
}

// Write prints r on w in one Write call. A combination of options that means
// nothing is a fault.Usage, a token that must not be printed a fault.Invalid,
// a header that must not be sent a fault.Config; nothing is written then.
func Write(w io.Writer, r Result, o Options) error {
	f, err := o.Chosen()
	if err != nil {
		return err
	}
	if err := validateResult(r, f); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := f.write(&b, r, o); err != nil {
		return err
	}
	if f.deliver != nil {
		return f.deliver(w, b.Bytes(), r, o)
	}
	return writeAll(w, b.Bytes())
}

func writeAll(w io.Writer, p []byte) error {
	n, err := w.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return fault.New(fault.Internal, "writing the output: %w", err)
	}
	return nil
}
