package acquire

import (
	"slices"
	"strings"

	"authctl/internal/endpoint"
	"authctl/internal/grant"
	"authctl/internal/profile"
)

// situation is all that a hint may depend on: what was refused, and the
// profile and the request that it was refused to.
type situation struct {
	p         *profile.Profile
	refused   *endpoint.Refusal
	field     string // where the profile has the endpoint's URL
	grantType string // the grant of the request, "" at other endpoints
	respelt   bool   // client_secret_basic: form and raw spell id or secret differently
}

// advice is a hint and when it is true. One that says "set FIELD: VALUE" has
// as a condition that the profile has another value there.
type advice struct {
	on   func(s situation) bool // the answers that it explains
	when func(s situation) bool // the profiles that it is true of; nil: all
	say  string                 // with the placeholders of fill
}

// hintsFor are the hints for a refusal that no hint of the profile explains.
func hintsFor(s situation) []string {
	var hints []string
	for _, a := range append(advices(), grantAdvices()...) {
		if a.on(s) && (a.when == nil || a.when(s)) {
			hints = append(hints, s.fill(a.say))
		}
	}
	if len(hints) == 0 {
		hints = []string{"-v shows the exchange, secrets hidden"}
	}
	return hints
}

func advices() []advice {
	return []advice{
		{on: redirected, say: "check {field} of profile {profile}"},
		{on: gateway, say: "the server behind it is down or slow: try again later, or check {field} in profile {profile}"},

		{on: badClient, when: public, say: "check client.id in profile {profile}; the server may want a client that proves itself (client.auth is none)"},
		{on: badClient, when: not(public), say: "check client.id, client.auth ({auth}) and {proof} in profile {profile}"},
		{on: badClient, when: both(spelling("form"), otherwise), say: "set client.basic_encoding: raw in profile {profile}, if the server takes id and secret as they are, as curl --user sends them"},
		{on: badClient, when: both(spelling("raw"), otherwise), say: "set client.basic_encoding: form in profile {profile}, as RFC 6749 2.3.1 has it: the id or the secret has characters that are then spelt differently"},
		{on: code("unauthorized_client"), when: public, say: "the server does not let the client of client.id use {grant}: check how it is registered"},
		{on: code("unauthorized_client"), when: not(public), say: "the server does not let this client use {grant}, or {proof} is wrong: check how the client is registered, and {proof} in profile {profile}"},
		{on: code(badObject), when: signsRequests, say: "check login.request_object and client.key in profile {profile}, and this machine's clock"},
		{on: code(badDetails), when: namesDetails, say: "check authorization_details in profile {profile}"},
		{on: both(atPAR, not(code(badObject, badDetails))), when: pushes, say: "set login.pushed: never in profile {profile}, if the server does not demand pushed authorization requests"},

		{on: code("invalid_scope"), when: refreshes, say: "a refresh token is good for the scopes that were granted with it (RFC 6749 6): ask for some of those, or add to scopes in profile {profile} and start a new session"},
		{on: code("invalid_scope"), when: both(not(refreshes), hasScopes), say: "check scopes in profile {profile}, or --scope"},
		{on: code("invalid_scope"), when: not(either(refreshes, hasScopes)), say: "the server wants a scope: scopes in profile {profile} names none"},
		{on: code("invalid_target"), when: refreshes, say: "the server gives this session no token for that audience or resource; some want every one of them named at its start: audience and resource in profile {profile}, then a new session"},
		{on: replayed, when: finished, say: "{finished} of profile {profile} was used before, and the server takes each assertion once: a new one is needed from whoever makes it"},
		{on: both(eitherOf(badTarget, code("invalid_grant", "invalid_client")), not(replayed)), when: finished, say: "check the assertion of {finished} in profile {profile}: authctl decode shows its iss, sub, aud and exp"},
		{on: both(badTarget, not(ofRefresh)), when: not(either(signs, finished)), say: "check audience and resource in profile {profile}"},
		{on: both(badTarget, not(ofRefresh)), when: signs, say: "check audience and resource in profile {profile}, and assertion.audience"},
		{on: both(code("invalid_grant"), byPassword), say: "the user name, the password or the code is wrong, or the account may not log in so; nothing was kept: run the command again"},
		{on: code("unsupported_grant_type"), say: "the server does not offer {grant}: check grant and request.encoding ({encoding}) in profile {profile}"},
		{on: code("access_denied", "authorization_declined"), say: "somebody declined, or the server's rules do not allow it"},
		{on: badRedirect, say: "login.redirect_uri of profile {profile} must be registered with the server, to the letter"},

		{on: wantsDPoP, when: not(dpop), say: "the server binds tokens to a key: set dpop.enabled: true in profile {profile}"},
		{on: wantsDPoP, when: dpop, say: "check dpop.alg ({dpop}) in profile {profile} and this machine's clock; -v shows the exchange"},
		{on: wantsCertificate, when: not(certificate), say: "set tls.client_certificate and tls.client_key in profile {profile}: the server wants a client certificate"},
		{on: wantsCertificate, when: both(certificate, not(unasked)), say: "the server does not take the certificate of tls.client_certificate in profile {profile}"},
		{on: eitherOf(wantsCertificate, both(badClient, byTLS)), when: unasked, say: "the server did not ask for the client certificate: its address for mutual TLS may be another than {field} has (RFC 8705 5)"},

		{on: notThere, when: atToken, say: "check {field} and request.encoding ({encoding}) in profile {profile}"},
		{on: notThere, when: not(atToken), say: "check {field} in profile {profile}"}, // every other endpoint takes forms
	}
}

// fill puts what the profile says into a hint.
func (s situation) fill(say string) string {
	grant := "this request"
	if s.grantType != "" {
		grant = "the grant " + s.grantType
	}
	return strings.NewReplacer(
		"{profile}", s.p.Name, "{field}", s.field, "{auth}", s.p.Client.Auth, "{proof}", s.proof(),
		"{grant}", grant, "{encoding}", s.p.Request.Encoding, "{dpop}", s.p.DPoP.Alg, "{finished}", s.finished(), "{key}", s.p.GrantKey().Path,
	).Replace(say)
}

// proof is the field that the client proves itself with, "" for a public one.
func (s situation) proof() string {
	if m := s.p.Client.Method(); !m.Public() {
		return m.Needs[0]
	}
	return ""
}

// finished is the field of the assertion that another party made and the
// refusal may be about, "" for none.
func (s situation) finished() string {
	switch g := profile.GrantNamed(s.grantType); {
	case g.Trades && !g.Session() && s.p.GrantAssertion == nil && s.refused.Code != "invalid_client":
		return "exchange.subject_token"
	case s.p.Client.Method().Uses(profile.ClientAssertion) && s.refused.Code != "invalid_grant":
		return profile.ClientAssertion
	}
	return ""
}

// What an answer may be about.

func code(codes ...string) func(situation) bool {
	return func(s situation) bool { return slices.Contains(codes, s.refused.Code) && decided(s) }
}

// RFC 9101 7, RFC 9396 5.
const (
	badObject  = "invalid_request_object"
	badDetails = "invalid_authorization_details"
)

func signsRequests(s situation) bool { return s.p.Login.RequestObject != nil }
func namesDetails(s situation) bool  { return s.p.Details() != nil }

func decided(s situation) bool    { return s.refused.Verdict() == endpoint.No }
func redirected(s situation) bool { return s.refused.Location != "" }
func gateway(s situation) bool    { return s.refused.Verdict() == endpoint.Gateway }

func badClient(s situation) bool {
	return decided(s) && (s.refused.Code == "invalid_client" || s.refused.Code == "" && s.refused.Status == 401) && !badTarget(s)
}

func badTarget(s situation) bool {
	return decided(s) && (s.refused.Code == "invalid_target" || s.says("audience"))
}

// ofRefresh is what a refresh asked for beside its session (RFC 8707 2.2).
func ofRefresh(s situation) bool { return refreshes(s) && s.refused.Code == "invalid_target" }

func badRedirect(s situation) bool {
	return decided(s) && (s.field == parURL || s.grantType == grant.AuthorizationCode{}.Name()) && (s.says("redirect_uri") || s.says("redirect uri"))
}

func wantsDPoP(s situation) bool {
	return decided(s) && (s.says("dpop") || s.refused.Code == "use_dpop_nonce" || s.refused.Code == "invalid_dpop_proof")
}

func wantsCertificate(s situation) bool {
	return decided(s) && (s.says("ssl certificate") || s.says("client certificate"))
}

// replayed is a jti that the server knows (RFC 7523 3); jti_known is ory/fosite's code.
func replayed(s situation) bool {
	return decided(s) && (s.refused.Code == "jti_known" || s.says("jti") && (s.says("already") || s.says("once") || s.says("replay")))
}

func atPAR(s situation) bool { return decided(s) && s.field == parURL }

func notThere(s situation) bool {
	return s.refused.Code == "" && slices.Contains([]int{404, 405, 415}, s.refused.Status)
}

// says is true when the server's text holds the lower-case words, in any case.
func (s situation) says(words string) bool {
	r := s.refused
	return hasWords(strings.ToLower(strings.Join([]string{r.Description, r.Detail, r.Body, r.URI}, "\n")), words)
}

// aboutTime is true when the server may mind our clock: it speaks of time, and
// something that we sent says when it was made.
func (s situation) aboutTime() bool {
	if !signs(s) && !dpop(s) && !signsGrant(s) {
		return false
	}
	return slices.ContainsFunc([]string{
		"iat", "nbf", "exp", "time", "clock", "expired", "expiration", "issued", "future", "not active", "not yet valid", "too old", "lifetime", "timestamp", "skew",
	}, s.says) || s.refused.Code == "invalid_dpop_proof"
}
