package acquire

import (
	"slices"

	"authctl/internal/profile"
)

// grantAdvices are about the assertion that the client signs as its grant (RFC 7523 3.1).
func grantAdvices() []advice {
	var list []advice
	told := func(situation) bool { return false }
	for _, cause := range []struct {
		words []string // by which servers say what is wrong with it
		say   string
	}{
		{[]string{"aud"}, "check issuer and grant_assertion.audience in profile {profile}: aud must be what the server expects, to the letter and with its slash"},
		{[]string{"certificate", "x5c"}, "check grant_assertion.x5c and the certificate of {key} in profile {profile}"},
		{[]string{"issuer", "iss"}, "check grant_assertion.issuer, grant_assertion.subject and {key} in profile {profile}: the server must know the key as that issuer's"},
		{[]string{"key", "kid", "signature"}, "check {key} and grant_assertion.kid in profile {profile}: the key must be registered with the server, and not have expired there"},
		{[]string{"client not found"}, "check grant_assertion.issuer, {key}, grant_assertion.kid and grant_assertion.lifetime in profile {profile}"},
	} {
		list = append(list, advice{on: both(badGrant, both(about(cause.words...), not(told))), when: signsGrant, say: cause.say})
		told = either(told, about(cause.words...))
	}
	return append(list,
		advice{on: both(badGrant, not(told)), when: notBefore, say: "set grant_assertion.not_before: false in profile {profile}, if the server refuses claims that it does not know"},
		advice{
			on: both(badGrant, not(told)), when: both(signsGrant, not(notBefore)),
			say: "the server may refuse claims that it does not know: check grant_assertion.subject and grant_assertion.claims in profile {profile}; authctl assert --grant -p {profile} | authctl decode shows what is sent",
		})
}

// badGrant is a refusal that the assertion may be the cause of.
func badGrant(s situation) bool {
	return code("invalid_grant", "invalid_request", "invalid_client")(s)
}

func about(words ...string) func(situation) bool {
	return func(s situation) bool { return slices.ContainsFunc(words, s.says) }
}

// signsGrant is a request whose grant the client signed.
func signsGrant(s situation) bool {
	return s.p.GrantAssertion != nil && profile.GrantNamed(s.grantType).Signs
}

func notBefore(s situation) bool { return signsGrant(s) && s.p.GrantAssertion.NotBefore }
