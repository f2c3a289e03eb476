package acquire

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	"authctl/internal/endpoint"
	"authctl/internal/grant"
	"authctl/internal/profile"
)

// What a profile may be like.

func not(f func(situation) bool) func(situation) bool {
	return func(s situation) bool { return !f(s) }
}

func eitherOf(f, g func(situation) bool) func(situation) bool {
	return func(s situation) bool { return f(s) || g(s) }
}

func both(f, g func(situation) bool) func(situation) bool {
	return func(s situation) bool { return f(s) && g(s) }
}

func either(f, g func(situation) bool) func(situation) bool {
	return func(s situation) bool { return f(s) || g(s) }
}

// spelling is true of a profile that sends id and secret in that encoding.
func spelling(encoding string) func(situation) bool {
	return func(s situation) bool {
		return s.p.Client.Method().Basic && s.p.Client.BasicEncoding == encoding
	}
}

func otherwise(s situation) bool   { return s.respelt }
func pushes(s situation) bool      { return s.p.Login.Pushed != "never" }
func hasScopes(s situation) bool   { return len(s.p.Scopes) > 0 }
func dpop(s situation) bool        { return s.p.DPoP.Enabled }
func certificate(s situation) bool { return !s.p.TLS.ClientCertificate.IsZero() }
func public(s situation) bool      { return s.p.Client.Method().Public() }
func byTLS(s situation) bool       { return s.p.Client.Method().MutualTLS() }
func signs(s situation) bool       { return s.p.Client.Method().Signs }
func finished(s situation) bool    { return s.finished() != "" }
func refreshes(s situation) bool   { return s.grantType == grant.RefreshToken{}.Name() }
func byPassword(s situation) bool  { return s.grantType == grant.Password{}.Name() }
func atToken(s situation) bool     { return s.field == tokenURL }

// unasked is a client certificate that the handshake had no use for.
func unasked(s situation) bool { return s.refused.Route.HasCertificate && !s.refused.Route.Asked }

// grantType is the grant of a token request, as a profile names it.
func grantType(r *endpoint.Request) string {
	for _, param := range r.Params {
		if param.Name == "grant_type" {
			return profile.GrantOnWire(fmt.Sprint(param.Value)).Name
		}
	}
	return ""
}

// respelt is true when the Basic credentials that r carries would be others in
// the other client.basic_encoding (RFC 6749 2.3.1).
func respelt(r *endpoint.Request) bool {
	for _, h := range r.Headers {
		credentials, found := strings.CutPrefix(h.Value, "Basic ")
		if h.Name != "Authorization" || !found {
			continue
		}
		pair, err := base64.StdEncoding.DecodeString(credentials)
		id, password, _ := strings.Cut(string(pair), ":")
		if r.Profile.Client.BasicEncoding != "raw" {
			return err == nil && strings.ContainsAny(string(pair), "%+")
		}
		return err == nil && url.QueryEscape(id)+url.QueryEscape(password) != id+password
	}
	return false
}
