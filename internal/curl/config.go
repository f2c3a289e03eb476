package curl

import (
	"strings"

	"authctl/internal/fault"
	"authctl/internal/render"
)

// Certificates are files for TLS, "" for none: curl opens them itself.
type Certificates struct{ CA, Certificate, Key string }

// lines is their part of curl's config.
func (c Certificates) lines() (string, error) {
	var b strings.Builder
	for _, o := range [][2]string{{"cacert", c.CA}, {"cert", c.Certificate}, {"key", c.Key}} {
		if strings.IndexByte(o[1], 0) >= 0 {
			return "", fault.New(fault.Config, "tls: a file's name has a NUL")
		}
		if o[1] != "" {
			b.WriteString(render.CurlOption(o[0], o[1]))
		}
	}
	return b.String(), nil
}

// config is what curl reads from the pipe: the secrets of one request.
func (j Job) config(t transfer, tok Token, proof string) (string, error) {
	if err := render.ValidateAuthorization(tok.Access, tok.Type, j.Scheme); err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(render.CurlHeader("Authorization", j.Scheme+" "+tok.Access.Reveal()))
	if proof != "" {
		b.WriteString(render.CurlHeader("DPoP", proof))
	}
	for _, h := range t.without(j.Headers) {
		if err := render.ValidateHeader(h.Name, h.Value.Reveal()); err != nil {
			return "", err
		}
		b.WriteString(render.CurlHeader(h.Name, h.Value.Reveal()))
	}
	for _, a := range t.fromFiles {
		b.WriteString(render.CurlOption(a.name, a.value))
	}
	certificates, err := j.Certificates.lines()
	return b.String() + certificates, err
}
