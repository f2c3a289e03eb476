package app

import (
	"context"
	"os/exec"
	"strings"

	"authctl/internal/acquire"
	"authctl/internal/curl"
	"authctl/internal/fault"
	"authctl/internal/host"
	"authctl/internal/profile"
	"authctl/internal/render"
	"authctl/internal/secret"
)

// CurlOptions is one `authctl curl`.
type CurlOptions struct {
	Argv        []string // what the user gave to curl
	AllowUnsafe bool
	NoRetry     bool // no repeat after a 401
	Print       bool // show the command and run nothing
	Ask         acquire.Overrides
}

// Curl runs the user's curl for the profile and returns its exit code. Its
// errors are authctl's own; a host.NotRun means that there is no curl. What is
// typed wrongly is refused before a secret is read or a server asked.
func (a *App) Curl(ctx context.Context, p *profile.Profile, o CurlOptions) (int, error) {
	job, err := a.curlJob(p, o)
	if err != nil {
		return 0, err
	}
	if o.Print {
		text, err := job.Print()
		if err != nil {
			return 0, err
		}
		_, err = a.Sys.Out.Write([]byte(text))
		return 0, err
	}
	if err := job.Check(); err != nil {
		return 0, err
	}
	if job.Program, err = exec.LookPath("curl"); err != nil {
		return 0, host.NotRun{Fault: fault.New(fault.Config, "there is no curl here: %w", err).Hint("install curl, or use authctl token -o headers with another program")}
	}
	asked, err := o.Ask.Apply(p)
	if err != nil {
		return 0, err
	}
	acq, err := a.Acquirer(asked)
	if err != nil {
		return 0, err
	}
	if job.Headers, err = a.apiHeaders(ctx, p, acq); err != nil {
		return 0, err
	}
	pipeline := curlTokens{acq, p, o.Ask}
	job.Tokens = pipeline
	if job.Prover != nil {
		job.Prover = pipeline
	}
	return job.Run(ctx)
}

// apiHeaders are the profile's api.headers, resolved.
func (a *App) apiHeaders(ctx context.Context, p *profile.Profile, acq *acquire.Acquirer) (list []render.Header, err error) {
	ctx, cancel := context.WithTimeout(ctx, a.Settings.Timeout)
	defer cancel()
	for _, f := range p.API.Headers {
		value, _, err := acq.HeaderValue(ctx, p, "api.headers", f)
		if err != nil {
			return nil, err
		}
		list = append(list, render.Header{Name: f.Name, Value: value})
	}
	return list, nil
}

// curlJob is everything but the secrets.
func (a *App) curlJob(p *profile.Profile, o CurlOptions) (curl.Job, error) {
	job := curl.Job{
		API: curl.API{
			Hosts: p.API.Hosts, BaseURL: p.API.BaseURL, InsecureHTTP: p.InsecureHTTP, Scheme: p.API.Scheme,
			SingleUse: p.Token.SingleUse, Renew: p.API.RetryUnauthorized && !o.NoRetry, KeepOn: p.API.KeepOn,
			NoRepeat: o.NoRetry,
		},
		Argv: o.Argv, AllowUnsafe: o.AllowUnsafe, ByStdin: curl.ByStdin,
		Wait: a.Settings.Timeout, In: a.Sys.In, Out: a.Sys.Out, Err: a.Sys.Err, Now: a.Sys.Now, Warn: a.Warn,
		Terminal: a.Sys.Terminal(1),
	}
	for _, f := range p.API.Headers {
		job.HeaderNames = append(job.HeaderNames, f.Name)
	}
	job.SecretNames = a.secretVariables(p)
	if p.DPoP.Enabled {
		job.Prover = curlTokens{} // which says that there will be one
	}
	var err error
	job.Certificates, err = a.curlCertificates(p)
	return job, err
}

// curlCertificates hands over names of files: curl opens certificates and keys
// itself, and more than once.
func (a *App) curlCertificates(p *profile.Profile) (curl.Certificates, error) {
	var c curl.Certificates
	for _, one := range []struct {
		field string
		ref   secret.Ref
		to    *string
	}{
		{"tls.ca", p.TLS.CA, &c.CA},
		{"tls.client_certificate", p.TLS.ClientCertificate, &c.Certificate},
		{"tls.client_key", p.TLS.ClientKey, &c.Key},
	} {
		if one.ref.IsZero() {
			continue
		}
		if one.ref.Signs() { // a PEM file of it is nothing that anybody could make
			return c, fault.New(fault.Config, "%s is %s, and curl takes certificates and keys from files only", one.field, one.ref).
				Hint("the key stays where it is: use authctl token -o headers with another program that can sign with it")
		}
		if one.ref.Kind != secret.File || one.ref.Path == "-" || one.ref.Pointer != "" {
			return c, fault.New(fault.Config, "%s is %s, and curl takes certificates and keys from files only", one.field, one.ref).
				Hint("%s: file:PATH, a PEM file that only you can read", one.field)
		}
		*one.to = a.home(one.ref.Path)
	}
	return c, nil
}

// home replaces a leading ~/ as secret references mean it.
func (a *App) home(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		for _, name := range []string{"HOME", "USERPROFILE"} {
			if folder, _ := a.Sys.Env(name); folder != "" {
				return folder + "/" + rest
			}
		}
	}
	return path
}

// curlTokens gives internal/curl the pipeline of one profile.
type curlTokens struct {
	acq     *acquire.Acquirer
	profile *profile.Profile
	ask     acquire.Overrides
}

// Token implements curl.Tokens. The store is looked at first even when a token
// was refused: of many processes whose token was revoked, the first asks the
// server and the others find its outcome.
func (t curlTokens) Token(ctx context.Context, refused secret.Text) (curl.Token, error) {
	r, err := t.acq.Token(ctx, t.profile, acquire.Options{Ask: t.ask})
	if err == nil && !refused.IsZero() && r.Set.AccessToken.Reveal() == refused.Reveal() {
		r, err = t.acq.Token(ctx, t.profile, acquire.Options{Ask: t.ask, Force: true, Refused: true})
	}
	return curl.Token{Access: r.Set.AccessToken, Type: r.Set.TokenType, Expires: r.Set.ExpiresAt, Kept: r.FromStore}, err
}

// Proof implements curl.Prover.
func (t curlTokens) Proof(ctx context.Context, method, url string, access secret.Text, nonce string) (string, error) {
	return t.acq.Proof(ctx, t.profile, method, url, access.Reveal(), nonce)
}
