package acquire

import (
	"slices"

	"authctl/internal/profile"
)

// causes are the words by which a server says what is wrong with the grant's
// assertion, and what mends it. The numbers are Maskinporten's (docs.digdir.no, "Feilsøking").
func causes() []struct {
	words []string
	say   string
} {
	return []struct {
		words []string
		say   string
	}{
		{[]string{"aud", "mp-110"}, "check issuer and grant_assertion.audience in profile {profile}: aud must be what the server expects, to the letter and with its slash"},
		{[]string{"certificate", "x5c", "mp-120", "mp-123"}, "check grant_assertion.x5c and the certificate of {key} in profile {profile}"},
		{[]string{"key", "kid", "signature", "mp-121", "mp-124"}, "check {key} and grant_assertion.kid in profile {profile}: the key must be registered with the server, and not have expired there"},
		{[]string{"client not found", "mp-100"}, "check grant_assertion.issuer, {key}, grant_assertion.kid and grant_assertion.lifetime in profile {profile}"},
	}
}

// grantAdvices are about the assertion that the client signs as its grant (RFC 7523 3.1).
func grantAdvices() []advice {
	list := []advice{
		{on: both(badGrant, unknownClaim), when: notBefore, say: "set grant_assertion.not_before: false in profile {profile}, if the server refuses claims that it does not know"},
		{on: both(badGrant, unknownClaim), when: both(signsGrant, not(notBefore)), say: "the server may refuse claims that it does not know: check grant_assertion.subject and grant_assertion.claims in profile {profile}"},
	}
	told := unknownClaim
	for _, c := range causes() {
		list = append(list, advice{on: both(badGrant, both(about(c.words...), not(told))), when: signsGrant, say: c.say})
		told = either(told, about(c.words...))
	}
	return append(list, advice{
		on: both(badGrant, not(told)), when: signsGrant,
		say: "check grant_assertion in profile {profile}; authctl assert --grant -p {profile} | authctl decode shows what is sent",
	})
}

// badGrant is a refusal that the assertion may be the cause of.
func badGrant(s situation) bool {
	return code("invalid_grant", "invalid_request", "invalid_client")(s)
}

func about(words ...string) func(situation) bool {
	return func(s situation) bool { return slices.ContainsFunc(words, s.says) }
}

// unknownClaim: Maskinporten says no more than that for nbf, sub and the like.
func unknownClaim(s situation) bool { return about("nbf", "invalid parameter value", "mp-011")(s) }

// signsGrant is a request whose grant the client signed.
func signsGrant(s situation) bool {
	return s.p.GrantAssertion != nil && profile.GrantNamed(s.grantType).Signs
}

func notBefore(s situation) bool { return signsGrant(s) && s.p.GrantAssertion.NotBefore }
