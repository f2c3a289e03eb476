//go:build e2e

package keycloak

import (
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"
)

// verdict is one request on which every KL Gateway must say the same. build makes
// the form; whatever has to happen before (a first use of the jti, a rotation of
// the refresh token) it does itself.
type verdict struct {
	name  string
	build func(t *testing.T, s *server) url.Values
}

// verdicts is the shared table: each case is sent to the real Keycloak and to the
// sandbox's KL Gateway. Most are refusals; some are requests that look wrong and
// are not.
func verdicts() []verdict {
	return []verdict{
		{"kid not registered", changed(func(a *assertion) { a.header["kid"] = "bm90LXJlZ2lzdGVyZWQ" })},
		{"signed by another key", changed(func(a *assertion) { a.key = newKey() })},
		{"signature changed", signed(func(jws string) string { return jws[:len(jws)-6] + "AAAAAA" })},
		{"alg none", changed(func(a *assertion) { a.alg = "none" })},
		{"alg HS256", changed(func(a *assertion) { a.alg = "HS256" })},
		{"alg PS256, not the registered one", changed(func(a *assertion) { a.alg = "PS256" })},
		{"aud of another realm", changed(func(a *assertion) { a.claims["aud"] = "https://other.example/auth/realms/ehealth" })},
		{"aud missing", changed(func(a *assertion) { delete(a.claims, "aud") })},
		{"two audiences", changed(func(a *assertion) {
			a.claims["aud"] = []string{a.claims["aud"].(string), "https://other.example"}
		})},
		{"aud a list of one", sent(func(s *server, a *assertion) { a.claims["aud"] = []string{s.issuer} })},
		{"lifetime over 60 s, no iat", changed(func(a *assertion) { a.lasts(5 * time.Minute); delete(a.claims, "iat") })},
		{"lifetime over 60 s from iat", changed(func(a *assertion) { a.lasts(5 * time.Minute) })},
		{"lifetime over 60 s, used after 60 s", changed(func(a *assertion) { a.starts(-90 * time.Second); a.lasts(5 * time.Minute) })},
		{"no iat, no nbf", changed(func(a *assertion) { delete(a.claims, "iat"); delete(a.claims, "nbf") })},
		{"typ client-authentication+jwt", changed(func(a *assertion) { a.header["typ"] = "client-authentication+jwt" })},
		{"exp missing", changed(func(a *assertion) { delete(a.claims, "exp") })},
		{"expired", changed(func(a *assertion) { a.starts(-10 * time.Minute) })},
		{"nbf to come", changed(func(a *assertion) { a.starts(10 * time.Minute) })},
		{"iat to come", changed(func(a *assertion) { a.claims["iat"] = time.Now().Add(10 * time.Minute).Unix() })},
		{"iat long ago", changed(func(a *assertion) { a.claims["iat"] = time.Now().Add(-10 * time.Minute).Unix() })},
		{"jti missing", changed(func(a *assertion) { delete(a.claims, "jti") })},
		{"jti used before", func(t *testing.T, s *server) url.Values {
			form := s.clientCredentials(s.assertion().sign())
			s.mustGrant(t, form)
			return form
		}},
		{"sub of an unknown client", changed(func(a *assertion) { a.claims["iss"], a.claims["sub"] = "nobody", "nobody" })},
		{"iss unlike sub", changed(func(a *assertion) { a.claims["iss"] = "nobody" })},
		{"sub missing", changed(func(a *assertion) { delete(a.claims, "sub") })},
		{"client_id unlike sub", form(func(f url.Values) { f.Set("client_id", "somebody") })},
		{"client_id the same as sub", form(func(f url.Values) { f.Set("client_id", "eoj") })},
		{"client_secret besides", form(func(f url.Values) { f.Set("client_secret", "x") })},
		{"no client_assertion", form(func(f url.Values) { f.Del("client_assertion") })},
		{"no client_assertion_type", form(func(f url.Values) { f.Del("client_assertion_type") })},
		{"wrong client_assertion_type", form(func(f url.Values) { f.Set("client_assertion_type", "saml") })},
		{"client_assertion is no JWT", form(func(f url.Values) { f.Set("client_assertion", "a.b.c") })},
		{"no client authentication", form(func(f url.Values) {
			f.Del("client_assertion")
			f.Del("client_assertion_type")
		})},
		{"client_id alone", form(func(f url.Values) {
			f.Del("client_assertion")
			f.Del("client_assertion_type")
			f.Set("client_id", "eoj")
		})},
		{"client_id and client_secret", form(func(f url.Values) {
			f.Del("client_assertion")
			f.Del("client_assertion_type")
			f.Set("client_id", "eoj")
			f.Set("client_secret", "x")
		})},
		{"client_id and a wrong client_assertion_type", form(func(f url.Values) {
			f.Set("client_id", "eoj")
			f.Set("client_assertion_type", "saml")
		})},
		{"client_id and no client_assertion", form(func(f url.Values) { f.Set("client_id", "eoj"); f.Del("client_assertion") })},
		{"scope twice", form(func(f url.Values) { f["scope"] = []string{"email", "email"} })},
		{"grant_type twice", form(func(f url.Values) { f["grant_type"] = []string{"client_credentials", "client_credentials"} })},
		{"no grant_type", form(func(f url.Values) { f.Del("grant_type") })},
		{"unknown grant_type", form(func(f url.Values) { f.Set("grant_type", "magic") })},
		{"scope not allowed", form(func(f url.Values) { f.Set("scope", "openid nonsense") })},
		{"refresh with a scope not granted", refresh(func(_ *testing.T, _ *server, f url.Values) { f.Set("scope", "openid nonsense") })},
		{"refresh token missing", refresh(func(_ *testing.T, _ *server, f url.Values) { f.Del("refresh_token") })},
		{"refresh token is no JWT", refresh(func(_ *testing.T, _ *server, f url.Values) { f.Set("refresh_token", "nonsense") })},
		{"refresh token changed", refresh(func(_ *testing.T, _ *server, f url.Values) {
			f.Set("refresh_token", tamper(f.Get("refresh_token")))
		})},
		{"stale refresh token", refresh(func(t *testing.T, s *server, f url.Values) {
			s.mustGrant(t, s.withAssertion(maps.Clone(f)))
		})},
		{"refresh token after its family was revoked", refresh(func(t *testing.T, s *server, f url.Values) {
			next := s.mustGrant(t, s.withAssertion(maps.Clone(f)))
			s.post(t, s.withAssertion(maps.Clone(f))) // the reuse
			f.Set("refresh_token", next.RefreshToken)
		})},
		{"stale token", refresh(func(t *testing.T, s *server, f url.Values) {
			time.Sleep(1100 * time.Millisecond)
			next := s.mustGrant(t, s.withAssertion(maps.Clone(f)))
			s.mustGrant(t, s.withAssertion(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {next.RefreshToken}}))
		})},
		{"access token as refresh token", refresh(func(t *testing.T, s *server, f url.Values) {
			f.Set("refresh_token", s.mustGrant(t, s.clientCredentials(s.assertion().sign())).AccessToken)
		})},
	}
}

// changed sends client_credentials with one thing about the assertion altered.
func changed(alter func(*assertion)) func(*testing.T, *server) url.Values {
	return func(_ *testing.T, s *server) url.Values {
		a := s.assertion()
		alter(a)
		return s.clientCredentials(a.sign())
	}
}

// sent is changed, for what needs to know the server.
func sent(alter func(*server, *assertion)) func(*testing.T, *server) url.Values {
	return func(_ *testing.T, s *server) url.Values {
		a := s.assertion()
		alter(s, a)
		return s.clientCredentials(a.sign())
	}
}

// signed alters the finished JWS.
func signed(alter func(string) string) func(*testing.T, *server) url.Values {
	return func(_ *testing.T, s *server) url.Values { return s.clientCredentials(alter(s.assertion().sign())) }
}

// form alters the request around a good assertion.
func form(alter func(url.Values)) func(*testing.T, *server) url.Values {
	return func(_ *testing.T, s *server) url.Values {
		f := s.clientCredentials(s.assertion().sign())
		alter(f)
		return f
	}
}

// refresh alters a refresh request that would succeed.
func refresh(alter func(*testing.T, *server, url.Values)) func(*testing.T, *server) url.Values {
	return func(t *testing.T, s *server) url.Values {
		f := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {s.session(t)}}
		alter(t, s, f)
		return s.withAssertion(f)
	}
}

// tamper changes the payload of a JWS and keeps its signature.
func tamper(jws string) string {
	parts := strings.Split(jws, ".")
	if len(parts) != 3 {
		return jws + "x"
	}
	return parts[0] + "." + parts[1][:len(parts[1])-4] + "AAAA." + parts[2]
}
