package klg

import (
	"bytes"
	"regexp"
	"slices"
	"time"

	"github.com/beevik/etree"
)

const (
	samlToken   = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0"
	cvrClaim    = "dk:gov:saml:attribute:CvrNumberIdentifier"
	otherCVR    = "29189854"
	minLifetime = time.Minute
)

// agreements are the municipalities that let this system act for them.
func agreements() []string { return []string{cvr, otherCVR} }

func rst(a *asked) *etree.Element { return only(a.body, nsWST, "RequestSecurityToken") }

// request: one wish for a SAML assertion for the holder of the key that signed (WS-Trust 1.3, 3.1 and 4.4).
func (p *Provider) request(a *asked) *soapFault {
	asks := rst(a)
	if asks == nil || len(a.body.ChildElements()) != 1 {
		return malformed("Body is not one RequestSecurityToken")
	}
	a.context, a.tokenType, a.keyed = attr(asks, "", "Context"), textOf(only(asks, nsWST, "TokenType")), textOf(only(asks, nsWST, "KeyType"))
	used := only(asks, nsWST, "UseKey")
	token := only(used, nsWSSE, "BinarySecurityToken")
	switch {
	case textOf(only(asks, nsWST, "RequestType")) != nsWST+"/Issue":
		return notThis("The RequestType is not Issue")
	case a.tokenType != samlToken:
		return notThis("The TokenType is not SAML 2.0")
	case a.keyed != nsWST+"/PublicKey":
		return notThis("The KeyType is not PublicKey")
	case token == nil || len(used.ChildElements()) != 1 || attr(token, "", "ValueType") != x509v3 || attr(token, "", "EncodingType") != base64Of:
		return notThis("UseKey is not one BinarySecurityToken")
	}
	if der, err := unbase64(token); err != nil || !bytes.Equal(der, a.certificate.Raw) {
		return notThis("UseKey is not the certificate that signed")
	}
	a.want = wish{issuer: stsIssuer, holder: a.certificate, life: lifeOf(asks)}
	return nil
}

// lifeOf is what was asked for; what is out of bounds gets the STS's own.
func lifeOf(asks *etree.Element) time.Duration {
	wanted := only(asks, nsWST, "Lifetime")
	from, _ := time.Parse(time.RFC3339Nano, textOf(only(wanted, nsWSU, "Created")))
	until, err := time.Parse(time.RFC3339Nano, textOf(only(wanted, nsWSU, "Expires")))
	if life := until.Sub(from); err == nil && life >= minLifetime {
		return min(life, samlLife)
	}
	return samlLife
}

// knows: the service that the assertion is for, to the letter.
func (p *Provider) knows(a *asked) *soapFault {
	a.want.audience = textOf(only(only(rst(a), nsWSP, "AppliesTo"), nsWSA, "EndpointReference", "Address"))
	if a.want.audience != gateway {
		return &soapFault{"5002", "Path resolution: no connection '" + a.want.audience + "' found", ""}
	}
	return nil
}

// agreed: for one municipality, in the dialect of WS-Federation 1.2 9.2, which has an agreement.
func (p *Provider) agreed(a *asked) *soapFault {
	claims := only(rst(a), nsWST, "Claims")
	claim := only(claims, nsAuth, "ClaimType")
	missing := &soapFault{"5015", "The request must contain a CVR claim", ""}
	if claim == nil || len(claims.ChildElements()) != 1 || attr(claims, "", "Dialect") != nsAuth+"/authclaims" || attr(claim, "", "Uri") != cvrClaim {
		return missing
	}
	a.want.cvr = textOf(only(claim, nsAuth, "Value"))
	if !regexp.MustCompile(`^[0-9]{8}$`).MatchString(a.want.cvr) {
		return missing
	}
	if p.core.Faults.Take("sts-no-agreement") || !slices.Contains(agreements(), a.want.cvr) {
		return &soapFault{"101", "The service or its configuration is unknown: no service agreement with " + a.want.cvr, ""}
	}
	return nil
}
