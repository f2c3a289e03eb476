package login

import (
	"errors"
	"net/url"
	"strings"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/shown"
)

// Request is what the profile, its server and the command's flags say about one login.
type Request struct {
	Profile       string // its name, for messages and the page
	ClientID      string
	AuthorizeURL  string // may have a query of its own, which stays (RFC 6749 3.1)
	InsecureHTTP  bool   // an http authorize URL beyond loopback was asked for
	Issuer        string // what iss in the answer must equal; "" when unknown
	RequireIssuer bool   // the server says that it sends iss (RFC 9207 3)
	Redirect      Redirect
	Scopes        []string
	Audience      []string
	Resource      []string         // RFC 8707
	Details       any              // authorization_details (RFC 9396 3), nil for none
	Params        []endpoint.Param // login.params of the profile, then what flags ask for; none that params sets
	// Signed verifies the answer, which was asked for in a JWT (JARM); nil: it is plain.
	Signed *Signed
	// DPoPThumbprint binds the code to a DPoP key (RFC 9449 10), "" for none.
	DPoPThumbprint string
}

// params is the authorization request (RFC 6749 4.1.1, RFC 7636 4.3, OpenID
// Connect Core 3.1.2.1). A nonce is sent to plain OAuth servers too: they
// ignore it (RFC 6749 3.1), and an id_token that comes unasked is still bound.
func (r Request) params(redirectURI string, rnd randoms) []endpoint.Param {
	list := []endpoint.Param{
		{Name: "response_type", Value: "code"},
		{Name: "client_id", Value: r.ClientID},
		{Name: "redirect_uri", Value: redirectURI},
		{Name: "state", Value: rnd.state, Secret: true}, // not in the trace of a pushed request
		{Name: "nonce", Value: rnd.nonce, Secret: true},
		{Name: "code_challenge", Value: Challenge(rnd.verifier)},
		{Name: "code_challenge_method", Value: "S256"},
	}
	if len(r.Scopes) > 0 {
		list = append(list, endpoint.Param{Name: "scope", Value: strings.Join(r.Scopes, " ")})
	}
	for _, v := range r.Audience {
		list = append(list, endpoint.Param{Name: "audience", Value: v})
	}
	for _, v := range r.Resource {
		list = append(list, endpoint.Param{Name: "resource", Value: v})
	}
	if r.Details != nil {
		list = append(list, endpoint.Param{Name: "authorization_details", Value: r.Details})
	}
	if r.Signed != nil {
		list = append(list, endpoint.Param{Name: "response_mode", Value: r.Signed.Mode})
	}
	if r.DPoPThumbprint != "" {
		list = append(list, endpoint.Param{Name: "dpop_jkt", Value: r.DPoPThumbprint})
	}
	extra := endpoint.Request{} // a flag replaces the profile's value of the same name
	for _, p := range r.Params {
		extra.Set(p.Name, p.Value)
	}
	return append(list, extra.Params...)
}

// address is the URL the browser is sent to.
func (r Request) address(params []endpoint.Param) (shown.Address, error) {
	u, err := url.Parse(r.AuthorizeURL)
	if err != nil || u.Host == "" || u.Opaque != "" || u.Fragment != "" || u.User != nil {
		return shown.Address{}, fault.New(fault.Config, "authorize_url is no plain https URL").Hint("profile field authorize_url")
	}
	address, err := shown.ParseNamed(r.AuthorizeURL)
	if err != nil {
		return shown.Address{}, fault.New(fault.Config, "authorize_url cannot be opened: %w", err).Hint("profile field authorize_url")
	}
	if _, err := Openable(r.AuthorizeURL); err != nil && (!r.InsecureHTTP || u.Scheme != "http") {
		return shown.Address{}, fault.New(fault.Config, "authorize_url %s is not https", u.Redacted()).
			Hint("a password must not travel in the clear; insecure_http: true in the profile allows it")
	}
	query := make([]string, 0, len(params))
	for _, p := range params {
		value, err := endpoint.FormValue(p.Value)
		if err != nil {
			return shown.Address{}, fault.New(fault.Config, "login.params %s: %w", p.Name, err)
		}
		query = append(query, url.QueryEscape(p.Name)+"="+url.QueryEscape(value))
	}
	return address.With(strings.Join(query, "&")), nil
}

// Openable reads what may be given to a browser: https anywhere, http on this
// machine. Other schemes start other programs.
func Openable(raw string) (shown.Address, error) {
	address, err := shown.ParseAddress(raw)
	if err != nil {
		return shown.Address{}, err
	}
	if u, err := url.Parse(raw); err == nil && (u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())) {
		return address, nil
	}
	return shown.Address{}, errors.New("it is not https")
}

// host is what a person is told about where the browser goes.
func (r Request) host() string {
	u, err := url.Parse(r.AuthorizeURL)
	if err != nil {
		return ""
	}
	return u.Host
}
