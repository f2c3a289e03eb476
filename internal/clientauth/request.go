package clientauth

import (
	"context"

	"authctl/internal/profile"
	"authctl/internal/secret"
)

// Request is the authorization request params as a request object (RFC 9101),
// signed with client.key, which it names and shows as the client assertion does.
func Request(ctx context.Context, d Deps, p *profile.Profile, params map[string]any) (secret.Text, error) {
	key, err := ClientKey(ctx, d.Secrets, p)
	if err != nil {
		return secret.Text{}, err
	}
	shape := profile.Assertion{
		Alg: p.RequestAlg(), Typ: "oauth-authz-req+jwt", // RFC 9101 10.8
		KID: p.Assertion.KID, X5C: p.Assertion.X5C, Lifetime: p.Login.RequestObject.Lifetime,
		JTI: true, NotBefore: true, // FAPI 2.0 Message Signing 5.3.1 demands nbf
	}
	params["iss"] = p.Client.ID // RFC 9101 4: iss is the client_id, aud the issuer
	j := jws{"login.request_object", "the request object", profile.ClientKey, &shape, params}
	text, err := j.sign(key, Server{Issuer: p.Issuer}, d.Now(), d.Rand)
	return secret.New(text), err
}
